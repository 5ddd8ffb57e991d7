package dev.triptych.vision.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The pictures that {@code make_pictures.py} wrote, with Pillow's pixels beside them. */
final class Pictures {

    static final ImageDecoder DECODER = new ImageDecoder(new ImageLimits(1 << 20, 1 << 22));

    private Pictures() {}

    static byte[] bytes(String name) {
        try (InputStream in = Pictures.class.getResourceAsStream("/pictures/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no picture named " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Pillow's RGB pixels of a picture; a plain RGB PNG is decoded alike by everyone. */
    static RgbImage pillow(String name) {
        return DECODER.decode(bytes(name + ".rgb.png"));
    }

    static RgbImage decode(Path file) {
        try {
            return DECODER.decode(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
