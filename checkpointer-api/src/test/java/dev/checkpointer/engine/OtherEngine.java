package dev.checkpointer.engine;

import java.util.function.Supplier;

/** Another class of engine. */
final class OtherEngine extends FakeEngine {
    OtherEngine(String name, int priority, Supplier<EngineProbe> answer) {
        super(name, priority, answer);
    }
}
