package dev.checkpointer.cli.image;

import com.google.protobuf.Message;
import dev.checkpointer.ImageDirectory;
import dev.checkpointer.cli.image.protocol.CriuImages.FileEntry;
import dev.checkpointer.cli.image.protocol.CriuImages.MappingEntry;
import dev.checkpointer.cli.image.protocol.CriuImages.MemoryEntry;
import dev.checkpointer.cli.image.protocol.CriuImages.PagemapEntry;
import dev.checkpointer.cli.image.protocol.CriuImages.PagemapHead;
import dev.checkpointer.cli.image.protocol.CriuImages.ProcessEntry;
import dev.checkpointer.cli.image.protocol.CriuImages.RegularFile;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A second view of an image, in its directory {@value dev.checkpointer.ImageDirectory#MAPPED}, from which CRIU maps the program's memory as it maps a library:
 * the kernel brings a page when the program touches it, where CRIU would otherwise read all of them before the program runs.
 * Pages that are read all the same, above all those that the program writes at once, come from the image itself, which stands to
 * the view as an earlier dump. The image stays as it is, and can be restored without the view. For one thread.
 */
public final class MappedMemory {
    /** The file of the view that names what the memory is mapped from. The launcher reads it. */
    static final String SOURCE = "memory";

    /** A program with one of these has memory of which nothing is known. */
    private static final Pattern ALLOCATOR = Pattern.compile(".*/lib(jemalloc|tcmalloc|mimalloc)[^/]*");

    private static final int PAGE = 4096;
    private static final int REGULAR_FILE = 1;
    private static final int ANONYMOUS = 0x20;
    private static final int FILE_PRIVATE = 1 | 1 << 6;
    private static final int IN_PARENT = 1;

    private final Path image;
    private final long pid;
    private final ImageFile memory;
    private final MemoryEntry entry;
    private final ImageFile files;
    private final List<FileEntry> open;
    private final Pages pages;
    private final List<Pages.Run> mapped = new ArrayList<>();

    private MappedMemory(Path image) throws EngineException {
        this.image = image;
        var processes =
                ImageFile.open(image.resolve("pstree.img"), ImageFile.PROCESSES).rest(ProcessEntry.parser());
        if (processes.size() != 1) {
            throw refused("it holds " + processes.size() + " processes, and memory can be mapped for one alone");
        }
        pid = Integer.toUnsignedLong(processes.get(0).getPid());
        memory = ImageFile.open(image.resolve("mm-" + pid + ".img"), ImageFile.MEMORY);
        entry = memory.next(MemoryEntry.parser());
        files = ImageFile.open(image.resolve("files.img"), ImageFile.FILES);
        open = files.rest(FileEntry.parser());
        pages = Pages.open(image, pid);
    }

    /**
     * Makes the view, in the place of one that is there.
     *
     * @param named the image, by a path without symbolic links where it is to be restored without the launcher
     * @param written the addresses of the pages that the program writes at once; they are read
     * @return what became of the memory
     * @throws EngineException when the image cannot be read, or does not serve
     * @throws IOException when the view cannot be written
     */
    public static Result make(Path named, Set<Long> written) throws EngineException, IOException {
        var image = named.toRealPath();
        var view = new MappedMemory(image);
        view.requireFitting();
        var draft = image.resolve(ImageDirectory.MAPPED + ".new");
        removeDirectory(draft);
        Files.createDirectory(
                draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        var result = view.write(draft, written);
        remove(image);
        Files.move(draft, image.resolve(ImageDirectory.MAPPED), StandardCopyOption.ATOMIC_MOVE);
        return result;
    }

    /**
     * Removes the view of an image, if it has one.
     *
     * @param image the image
     * @return whether there was one
     * @throws IOException when it cannot be removed
     */
    public static boolean remove(Path image) throws IOException {
        return removeDirectory(image.resolve(ImageDirectory.MAPPED));
    }

    private static boolean removeDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try (var entries = Files.newDirectoryStream(directory)) {
            for (var file : entries) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
        return true;
    }

    /**
     * What became of the memory.
     *
     * @param mapped bytes that are mapped from the file
     * @param read bytes that CRIU reads before the program runs
     */
    public record Result(long mapped, long read) {}

    private void requireFitting() throws EngineException {
        if (pages.pageSize() != PAGE) {
            throw refused("its pages have " + pages.pageSize() + " bytes, and " + PAGE + " are known alone");
        }
        for (var file : open) {
            if (ALLOCATOR.matcher(file.getRegular().getName()).matches()) {
                throw refused("the program uses " + file.getRegular().getName()
                        + ", which may expect zeros where there would be old content");
            }
        }
    }

    private EngineException refused(String why) {
        return new EngineException(
                FailureKind.IMAGE_REFUSED,
                "the memory of the image in " + image + " cannot be mapped: " + why,
                "Restore it as it is");
    }

    private Result write(Path target, Set<Long> written) throws EngineException, IOException {
        int source = open.stream().mapToInt(FileEntry::getId).max().orElse(0) + 1;
        memory.writeLike(target.resolve("mm-" + pid + ".img"), List.of(mappings(source)));
        var listed = new ArrayList<>(open);
        listed.add(source(source));
        files.writeLike(target.resolve("files.img"), listed);
        long read = writePages(target, written);
        link(target);
        Files.writeString(target.resolve(SOURCE), pages.file() + "\n");
        return new Result(mapped.stream().mapToLong(run -> run.pages() * PAGE).sum(), read);
    }

    private MemoryEntry mappings(int source) throws IOException {
        var mappable = new MappableMemory(entry.getMappingsList(), pages.runs(), allowsCode());
        var changed = entry.toBuilder().clearMappings();
        for (int i = 0; i < entry.getMappingsCount(); i++) {
            var mapping = entry.getMappings(i);
            long start = mapping.getStart();
            for (var run : mappable.of(i)) {
                addPart(changed, mapping, start, run.address());
                start = run.address() + run.pages() * PAGE;
                changed.addMappings(mapping.toBuilder()
                        .setStart(run.address())
                        .setEnd(start)
                        .setOffset(run.firstPage() * PAGE)
                        .setSharedId(source)
                        .setFlags(mapping.getFlags() & ~ANONYMOUS)
                        .setStatus(FILE_PRIVATE)
                        .setOpenFlags(0));
                mapped.add(run);
            }
            addPart(changed, mapping, start, mapping.getEnd());
        }
        return changed.build();
    }

    /** Of the file systems above the image the lowest is mounted last, and has the longest path (proc_pid_mountinfo(5)). */
    private boolean allowsCode() throws IOException {
        var nearest = "";
        boolean allowed = true;
        for (var line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            var fields = line.split(" ");
            if (image.startsWith(fields[4]) && fields[4].length() >= nearest.length()) {
                nearest = fields[4];
                allowed = !List.of(fields[5].split(",")).contains("noexec");
            }
        }
        return allowed;
    }

    private static void addPart(MemoryEntry.Builder changed, MappingEntry mapping, long start, long end) {
        if (start < end) {
            var part = mapping.toBuilder().setStart(start).setEnd(end);
            if (mapping.getStatus() == FILE_PRIVATE) {
                part.setOffset(mapping.getOffset() + start - mapping.getStart());
            }
            changed.addMappings(part);
        }
    }

    /** The file of pages, as a file that the program has mapped. */
    private FileEntry source(int id) throws EngineException, IOException {
        var owner = open.stream()
                .filter(file -> file.getRegular().hasOwner())
                .findFirst()
                .orElseThrow(() -> refused("the program has mapped no file"))
                .getRegular()
                .getOwner();
        var file = RegularFile.newBuilder()
                .setId(id)
                .setFlags(0)
                .setPosition(0)
                .setOwner(owner)
                .setName(pages.file().toString())
                .setSize(Files.size(pages.file()));
        return FileEntry.newBuilder()
                .setKind(REGULAR_FILE)
                .setId(id)
                .setRegular(file)
                .build();
    }

    /** Says of each page that is not mapped, or is to be read all the same, that the image has it. */
    private long writePages(Path target, Set<Long> written) throws EngineException, IOException {
        var original = ImageFile.open(image.resolve("pagemap-" + pid + ".img"), ImageFile.PAGEMAP);
        var head = original.next(PagemapHead.parser());
        var entries = new ArrayList<Message>(List.of(head));
        long read = 0;
        for (var run : original.rest(PagemapEntry.parser())) {
            if (!Pages.present(run)) {
                entries.add(run);
                continue;
            }
            long end = run.getAddress() + Pages.count(run) * PAGE;
            for (long page = run.getAddress(); page < end; ) {
                long next = endOfRead(page, end, written);
                if (next > page) {
                    entries.add(inParent(run, page, next));
                    read += next - page;
                }
                page = Math.max(next, page + PAGE);
            }
        }
        original.writeLike(target.resolve("pagemap-" + pid + ".img"), entries);
        Files.createFile(target.resolve("pages-" + head.getPages() + ".img"));
        return read;
    }

    /** Where the pages that are read, from this one on, end. */
    private long endOfRead(long page, long end, Set<Long> written) {
        long next = page;
        while (next < end && (written.contains(next) || !isMapped(next))) {
            next += PAGE;
        }
        return next;
    }

    private boolean isMapped(long page) {
        int low = 0;
        int high = mapped.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            var run = mapped.get(middle);
            if (page < run.address()) {
                high = middle - 1;
            } else if (page >= run.address() + run.pages() * PAGE) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    private static PagemapEntry inParent(PagemapEntry run, long start, long end) {
        long count = (end - start) / PAGE;
        var part = run.toBuilder()
                .setAddress(start)
                .setShortCount((int) count)
                .setInParent(true)
                .setFlags(IN_PARENT);
        return run.hasCount() ? part.setCount(count).build() : part.build();
    }

    /** All other files are the image's, which is also the earlier dump. */
    private void link(Path target) throws IOException {
        try (var entries = Files.newDirectoryStream(image, "*.img")) {
            for (var file : entries) {
                var link = target.resolve(file.getFileName());
                if (!Files.exists(link)) {
                    Files.createSymbolicLink(link, Path.of("..").resolve(file.getFileName()));
                }
            }
        }
        Files.createSymbolicLink(target.resolve("parent"), Path.of(".."));
    }
}
