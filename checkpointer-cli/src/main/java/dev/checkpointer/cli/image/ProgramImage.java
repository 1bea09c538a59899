package dev.checkpointer.cli.image;

import dev.checkpointer.cli.image.protocol.CriuImages;
import dev.checkpointer.engine.EngineException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program as CRIU's files describe it: the first process of the tree.
 *
 * @param pid its PID
 * @param processes how many processes the image has
 * @param threads its threads
 * @param program the file that it runs
 * @param arguments its command line
 * @param environment its environment when it was started, as {@code NAME=value}
 * @param descriptors its open descriptors
 * @param mappings its memory by kind
 */
public record ProgramImage(
        long pid,
        int processes,
        List<Thread> threads,
        String program,
        List<String> arguments,
        List<String> environment,
        List<Descriptor> descriptors,
        List<Mappings> mappings) {

    /**
     * A thread.
     *
     * @param id its ID
     * @param name its name as the kernel has it, 15 bytes at most
     */
    public record Thread(long id, String name) {}

    /**
     * Reads CRIU's files.
     *
     * @param image their directory
     * @return the program
     * @throws EngineException when one is missing or cannot be read
     */
    public static ProgramImage read(Path image) throws EngineException {
        var tree =
                ImageFile.open(image.resolve("pstree.img"), ImageFile.PROCESSES).rest(CriuImages.ProcessEntry.parser());
        if (tree.isEmpty()) {
            throw ImageFile.damaged(image.resolve("pstree.img"), "it has no process");
        }
        var root = tree.get(0);
        var memory = ImageFile.open(image.resolve("mm-" + root.getPid() + ".img"), ImageFile.MEMORY)
                .next(CriuImages.MemoryEntry.parser());
        var files = OpenFiles.read(image);
        var pages = Pages.open(image, root.getPid());
        return new ProgramImage(
                root.getPid(),
                tree.size(),
                threads(image, root),
                files.name(memory.getProgramFile()),
                strings(pages, memory.getArgumentsStart(), memory.getArgumentsEnd()),
                environment(pages, memory),
                files.descriptors(image, filesId(image, root.getPid())),
                Mappings.of(memory.getMappingsList()));
    }

    /** A server may have written its state, for ps(1) to show, over the beginning. */
    private static List<String> environment(Pages pages, CriuImages.MemoryEntry memory) throws EngineException {
        return strings(pages, memory.getEnvironmentStart(), memory.getEnvironmentEnd()).stream()
                .filter(variable -> variable.indexOf('=') > 0)
                .toList();
    }

    private static List<String> strings(Pages pages, long start, long end) throws EngineException {
        return pages.text(start, end)
                .map(text -> text.isEmpty() ? List.<String>of() : List.of(text.split("\0")))
                .orElse(List.of());
    }

    private static List<Thread> threads(Path image, CriuImages.ProcessEntry process) throws EngineException {
        var threads = new ArrayList<Thread>();
        for (int id : process.getThreadsList()) {
            var core = core(image, id);
            var name = core.getThread().hasName()
                    ? core.getThread().getName()
                    : core.getTask().getName();
            threads.add(new Thread(id, name));
        }
        return threads;
    }

    private static CriuImages.CoreEntry core(Path image, int id) throws EngineException {
        return ImageFile.open(image.resolve("core-" + id + ".img"), ImageFile.CORE)
                .next(CriuImages.CoreEntry.parser());
    }

    private static int filesId(Path image, int pid) throws EngineException {
        var ids = image.resolve("ids-" + pid + ".img");
        return Files.exists(ids)
                ? ImageFile.open(ids, ImageFile.IDS)
                        .next(CriuImages.ObjectIds.parser())
                        .getFiles()
                : core(image, pid).getIds().getFiles();
    }
}
