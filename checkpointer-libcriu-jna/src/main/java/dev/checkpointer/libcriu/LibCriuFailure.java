package dev.checkpointer.libcriu;

/** What the library's return values mean. */
final class LibCriuFailure {
    private LibCriuFailure() {}

    /** What CRIU has done, for a value below zero. */
    static String of(int value) {
        return switch (-value) {
            case LibCriu.EBADE -> "failed";
            case LibCriu.ECOMM -> "was killed";
            case LibCriu.EINVAL -> "does not know the request";
            case LibCriu.EBADMSG -> "gave an answer to something else";
            case LibCriu.ECONNREFUSED -> "was not started";
            default -> "failed with error " + -value;
        };
    }
}
