package dev.checkpointer.manager;

import dev.checkpointer.Manifest;
import dev.checkpointer.criu.ImageDamage;
import dev.checkpointer.criu.ImageVerification;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.manager.ManagerException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares images with their hashes, or notes them. That an image is damaged is an answer, and no failure. One at a time: each reads
 * all of an image with all processors, and two of the same one would write its hashes at once.
 */
final class VerifyRoute {
    private final Images images;
    private final ImageStore store;
    private final Events events;

    VerifyRoute(Images images, ImageStore store, Events events) {
        this.images = images;
        this.store = store;
        this.events = events;
    }

    Answer answer(Call call) throws ManagerException {
        var fields = call.fields();
        boolean trust = fields.flag("trust");
        fields.end();
        var image = images.find(call.path("id"));
        var verification = verify(image, trust);
        if (store.list().stream().noneMatch(other -> other.id().equals(image.id()))) {
            throw removed(image);
        }
        events.tell(verification.ok() ? "image.verified" : "image.damaged", image.id(), detail(verification));
        return Answer.ok(document(image, verification));
    }

    private static ManagerException removed(StoredImage image) {
        return new ManagerException(Kind.MISSING, "image " + image.id() + " was removed", "");
    }

    private synchronized ImageVerification verify(StoredImage image, boolean trust) throws ManagerException {
        Path directory;
        try {
            directory = store.open(image.id());
        } catch (IOException e) {
            throw removed(image);
        }
        try {
            return ImageVerification.of(directory, trust);
        } catch (EngineException e) {
            return switch (e.kind()) {
                case IMAGE_INCOMPLETE, IMAGE_DAMAGED -> withoutManifest(directory, e);
                case IMAGE_REFUSED -> throw failure(Kind.CONFLICT, e);
                default -> throw failure(Kind.FAILED, e);
            };
        }
    }

    private static ManagerException failure(Kind kind, EngineException e) {
        return new ManagerException(kind, e.summary(), e.remedy(), e);
    }

    private static ImageVerification withoutManifest(Path directory, EngineException e) {
        var damage = new ImageDamage(Manifest.FILE, ImageDamage.Kind.UNREADABLE, e.summary());
        return new ImageVerification(directory, 0, false, List.of(damage));
    }

    private static String detail(ImageVerification verification) {
        if (!verification.ok()) {
            return verification.damage().get(0).message();
        }
        return verification.compared() ? "" : "its hashes were noted";
    }

    private static Map<String, Object> document(StoredImage image, ImageVerification verification) {
        var document = new LinkedHashMap<String, Object>();
        document.put("image", image.id());
        document.putAll(verification.document());
        return document;
    }
}
