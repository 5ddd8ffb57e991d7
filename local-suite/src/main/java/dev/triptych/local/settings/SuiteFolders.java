package dev.triptych.local.settings;

import java.nio.file.Path;

/**
 * Where one checkout keeps what runs in it.
 *
 * @param home the repository's root
 */
public record SuiteFolders(Path home) {

    /** The root as the start script names it; the working folder where it does not. */
    public static SuiteFolders current() {
        return new SuiteFolders(Path.of(System.getProperty("triptych.home", ""))
                .toAbsolutePath()
                .normalize());
    }

    /** Pid files, one for each process and one for the supervisor. */
    public Path run() {
        return home.resolve("var/run");
    }

    public Path log() {
        return home.resolve("var/log");
    }

    /** This checkout's own key of the gateway, once one was made. */
    public Path adminKey() {
        return home.resolve("var/admin-key");
    }

    /** What makes starts fast; may be deleted at any time. */
    public Path cache() {
        return home.resolve("var/cache");
    }

    /** The broker's data. */
    public Path kafka() {
        return home.resolve("var/kafka");
    }
}
