package dev.triptych.vision.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The pictures that {@code make_pictures.py} wrote, with Pillow's pixels beside them. */
final class Pictures {

    static final DecodingRoom ROOM = new DecodingRoom(1 << 30, Duration.ofSeconds(50));
    static final ImageDecoder DECODER = new ImageDecoder(new ImageLimits(1 << 20, 1 << 22), ROOM);

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
        return decode(bytes(name + ".rgb.png"));
    }

    static RgbImage decode(byte[] bytes) {
        return DECODER.decode(bytes, image -> image);
    }

    static RgbImage decode(Path file) {
        try {
            return decode(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
