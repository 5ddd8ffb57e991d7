package dev.triptych.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files of this repository that are no fixtures: the models that ship, the pages. */
public final class Checkout {

    private Checkout() {}

    /**
     * A file or folder by its path below the repository's root, from whichever module's folder the tests run in.
     *
     * @throws AssertionError if there is none
     */
    public static Path path(String name) {
        for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
            if (Files.exists(up.resolve(name))) {
                return up.resolve(name);
            }
        }
        throw new AssertionError(
                "there is no " + name + " in a folder above " + Path.of("").toAbsolutePath());
    }
}
