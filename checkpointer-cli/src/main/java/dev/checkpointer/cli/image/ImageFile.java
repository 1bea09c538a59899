package dev.checkpointer.cli.image;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One of CRIU's files that hold messages: two magic words, then entries, each with its length in front. The file of an
 * image of its own kind tells by its second word what it holds (criu/include/magic.h).
 */
final class ImageFile {
    static final int PROCESSES = 0x50273030;
    static final int DESCRIPTORS = 0x56213732;
    static final int PAGEMAP = 0x56084025;
    static final int CORE = 0x55053847;
    static final int IDS = 0x54432030;
    static final int MEMORY = 0x57492820;
    static final int FILES = 0x56303138;
    static final int STATISTICS = 0x57093306;

    private static final int COMMON = 0x54564319;
    private static final int SERVICE = 0x55105940;
    private static final int WORD = 4;
    /** Memory is in other files; the largest one, which lists its pages, has some 10 bytes for each run of them. */
    private static final long MOST_BYTES = 256L << 20;

    private final Path file;
    private final ByteBuffer content;

    private ImageFile(Path file, ByteBuffer content) {
        this.file = file;
        this.content = content;
    }

    /** Opens a file that has to hold entries of a kind. */
    static ImageFile open(Path file, int kind) throws EngineException {
        var image = new ImageFile(file, read(file));
        if (image.content.remaining() < 2 * WORD) {
            throw image.damaged("it ends within its first words");
        }
        int first = image.content.getInt();
        int second = image.content.getInt();
        if (first != COMMON && first != SERVICE || second != kind) {
            throw image.damaged("it begins with %08x %08x and should with %08x %08x"
                    .formatted(first, second, kind == STATISTICS ? SERVICE : COMMON, kind));
        }
        return image;
    }

    private static ByteBuffer read(Path file) throws EngineException {
        try {
            if (!Files.isRegularFile(file) && Files.exists(file)) {
                throw damaged(file, "it is no file");
            }
            if (Files.size(file) > MOST_BYTES) {
                throw damaged(file, "it has more than " + MOST_BYTES + " bytes");
            }
            return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    boolean more() {
        return content.hasRemaining();
    }

    /** The next entry. */
    <M extends Message> M next(Parser<M> parser) throws EngineException {
        if (content.remaining() < WORD) {
            throw damaged("it ends within an entry");
        }
        int length = content.getInt();
        if (length < 0 || length > content.remaining()) {
            throw damaged("an entry is longer than the file");
        }
        var entry = content.slice(content.position(), length);
        content.position(content.position() + length);
        try {
            return parser.parseFrom(entry);
        } catch (InvalidProtocolBufferException e) {
            throw damaged("an entry cannot be read: " + e.getMessage());
        }
    }

    /** All entries that are left. */
    <M extends Message> List<M> rest(Parser<M> parser) throws EngineException {
        var entries = new ArrayList<M>();
        while (more()) {
            entries.add(next(parser));
        }
        return entries;
    }

    /** Writes entries as a file of the same kind as this one. */
    void writeLike(Path target, List<? extends Message> entries) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.write(content.array(), 0, 2 * WORD);
        for (var entry : entries) {
            bytes.write(ByteBuffer.allocate(WORD)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(entry.getSerializedSize())
                    .array());
            entry.writeTo(bytes);
        }
        Files.write(target, bytes.toByteArray());
    }

    private EngineException damaged(String what) {
        return damaged(file, what);
    }

    static EngineException damaged(Path file, String what) {
        return new EngineException(
                FailureKind.IMAGE_DAMAGED,
                "the image in " + file.getParent() + " is damaged: " + file.getFileName() + ": " + what,
                "Make the checkpoint again");
    }

    static EngineException unreadable(Path file, IOException e) {
        return damaged(file, "it cannot be read (" + e.getClass().getSimpleName() + ")");
    }
}
