package dev.checkpointer.criu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.checkpointer.Manifest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.engine.EngineException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StreamsTest {
    @Test
    void fileIsNoTerminalByItsName() throws EngineException {
        var key = "ttys/pretty.log";
        var image = new Image(Path.of("/image"), Manifest.of(Map.of("format", "1", "stdio.1", key)));
        var streams = new Streams(RestoreRequest.builder(image.directory()).build());
        assertEquals(List.of(new RestoreOptions.Inherited(key, 5)), streams.inherited(image));
    }
}
