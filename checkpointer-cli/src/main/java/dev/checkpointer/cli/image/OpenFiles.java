package dev.checkpointer.cli.image;

import dev.checkpointer.cli.image.protocol.CriuImages;
import dev.checkpointer.engine.EngineException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The open files of an image. */
final class OpenFiles {
    /** The kinds of descriptors by their numbers (images/fdinfo.proto). */
    private static final String[] KINDS = {
        "unknown",
        "file",
        "pipe",
        "fifo",
        "socket",
        "socket",
        "eventfd",
        "epoll",
        "inotify",
        "signalfd",
        "packet socket",
        "terminal",
        "fanotify",
        "netlink socket",
        "namespace",
        "tun",
        "external",
        "timerfd",
        "memfd",
        "bpf map",
        "pidfd"
    };

    private final Map<Integer, CriuImages.FileEntry> files;

    private OpenFiles(Map<Integer, CriuImages.FileEntry> files) {
        this.files = files;
    }

    static OpenFiles read(Path image) throws EngineException {
        var files = new HashMap<Integer, CriuImages.FileEntry>();
        ImageFile.open(image.resolve("files.img"), ImageFile.FILES)
                .rest(CriuImages.FileEntry.parser())
                .forEach(entry -> files.put(entry.getId(), entry));
        return new OpenFiles(files);
    }

    /** The path of a regular file, empty when there is none of that number. */
    String name(int id) {
        return Optional.ofNullable(files.get(id))
                .map(entry -> entry.getRegular().getName())
                .orElse("");
    }

    List<Descriptor> descriptors(Path image, int filesId) throws EngineException {
        var entries = ImageFile.open(image.resolve("fdinfo-" + filesId + ".img"), ImageFile.DESCRIPTORS)
                .rest(CriuImages.DescriptorEntry.parser());
        var descriptors = new ArrayList<Descriptor>();
        for (var entry : entries) {
            descriptors.add(descriptor(
                    entry.getNumber(),
                    entry.getKind(),
                    files.getOrDefault(entry.getFile(), CriuImages.FileEntry.getDefaultInstance())));
        }
        descriptors.sort(Comparator.comparingInt(Descriptor::number));
        return descriptors;
    }

    private static Descriptor descriptor(int number, int kind, CriuImages.FileEntry file) {
        var word = kind >= 0 && kind < KINDS.length ? KINDS[kind] : "kind " + kind;
        if (file.hasInternet()) {
            var socket = Sockets.internet(file.getInternet());
            return new Descriptor(number, word, socket.toString(), Optional.of(socket));
        }
        if (file.hasLocal()) {
            var socket = Sockets.local(file.getLocal());
            return new Descriptor(number, word, socket.toString(), Optional.of(socket));
        }
        var target = file.hasPipe()
                ? Integer.toUnsignedString(file.getPipe().getNumber())
                : file.getRegular().getName();
        return new Descriptor(number, word, target, Optional.empty());
    }
}
