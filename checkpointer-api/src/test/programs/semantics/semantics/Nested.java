package semantics;

import java.util.ArrayList;
import java.util.List;
import org.crac.CheckpointException;
import org.crac.Context;
import org.crac.Resource;
import org.crac.RestoreException;

/** A context of the user's own, which collects the failures of its resources as the contract says. */
final class Nested extends Context<Resource> {
    private final List<Resource> resources = new ArrayList<>();

    Nested(Resource... resources) {
        this.resources.addAll(List.of(resources));
    }

    @Override
    public void register(Resource resource) {
        resources.add(resource);
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws CheckpointException {
        var exception = new CheckpointException();
        for (var resource : resources) {
            try {
                resource.beforeCheckpoint(this);
            } catch (Exception e) {
                exception.addSuppressed(e);
            }
        }
        if (exception.getSuppressed().length > 0) {
            throw exception;
        }
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) throws RestoreException {
        var exception = new RestoreException();
        for (var resource : resources) {
            try {
                resource.afterRestore(this);
            } catch (Exception e) {
                exception.addSuppressed(e);
            }
        }
        if (exception.getSuppressed().length > 0) {
            throw exception;
        }
    }
}
