package dev.checkpointer.cli.machine;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.EngineProbe;
import dev.checkpointer.engine.EngineReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Everything that is looked at, from the kernel to a real dump and restore. */
public final class Examination {
    private final List<Finding> findings = new ArrayList<>();

    private Examination() {}

    /**
     * Examines this machine. That takes a second or two.
     *
     * @return what was found, in a fixed order
     * @throws IOException when not even {@code /proc} can be read
     * @throws InterruptedException when this thread is interrupted
     */
    public static List<Finding> run() throws IOException, InterruptedException {
        var examination = new Examination();
        examination.findings.addAll(Kernel.findings());
        examination.criu();
        examination.findings.add(Jdks.find());
        examination.engines();
        examination.trial();
        return List.copyOf(examination.findings);
    }

    private void criu() throws IOException, InterruptedException {
        var rights = Rights.ofThisProcess();
        findings.add(rights.seccomp());
        findings.add(rights.newPrivileges());
        try {
            var criu = CriuCommand.find();
            findings.add(rights.capabilities(criu.path().toString()));
            findings.add(Criu.version(criu));
            findings.add(Criu.check(criu, rights.unprivileged()));
        } catch (EngineException e) {
            findings.add(rights.capabilities("criu"));
            findings.add(Finding.fail("criu", CriuCommand.reason(e), e.remedy()));
        }
    }

    /** What an ordinary user lacks most often is not seen before, since a user may not read a file's capabilities. */
    private void trial() throws IOException, InterruptedException {
        var finding = Trial.run();
        boolean lacksRights =
                finding.level() == Finding.Level.FAIL && !Rights.ofThisProcess().root();
        findings.add(
                lacksRights
                        ? Finding.fail(
                                finding.name(),
                                finding.text(),
                                "Give criu the capabilities that are told at \"rights\", or run this as root")
                        : finding);
    }

    private void engines() {
        try {
            var report = Checkpointer.engines();
            report.verdicts().forEach(verdict -> findings.add(engine(verdict)));
            report.brokenProviders()
                    .forEach(broken -> findings.add(Finding.warn("engine", broken, "Take it out, or correct it")));
            if (report.selected().isEmpty()) {
                findings.add(Finding.fail("engine", "there is none to use", "Follow a remedy above"));
            }
        } catch (EngineException e) {
            findings.add(Finding.fail("engine", CriuCommand.reason(e), e.remedy()));
        }
    }

    private static Finding engine(EngineReport.Verdict verdict) {
        var name = "engine " + verdict.engine().name();
        var probe = verdict.probe().orElse(null);
        if (probe instanceof EngineProbe.Unavailable no) {
            return Finding.warn(name, "not available: " + no.reason(), no.remedy());
        }
        if (probe instanceof EngineProbe.ByNameOnly only) {
            return Finding.warn(name, "used only by name: " + only.reason(), only.remedy());
        }
        var drives = verdict.probe()
                .flatMap(EngineProbe::usable)
                .map(EngineProbe.Available::drives)
                .filter(text -> !text.isEmpty())
                .map(text -> " with " + text)
                .orElse("");
        return Finding.ok(
                name, (verdict.chosen() ? "chosen" : probe == null ? verdict.explanation() : "available") + drives);
    }
}
