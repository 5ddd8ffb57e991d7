package dev.triptych.vision.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** The formats that are decoded, told by their first bytes; what a client claims is not believed. */
public enum ImageFormat {
    PNG("png", "89504e470d0a1a0a"),
    JPEG("jpeg", "ffd8ff"),
    GIF("gif", "474946383761", "474946383961"),
    BMP("bmp", "424d"),
    WEBP("webp", "52494646") {
        @Override
        boolean matches(byte[] bytes) {
            return super.matches(bytes)
                    && bytes.length >= 12
                    && new String(bytes, 8, 4, StandardCharsets.ISO_8859_1).equals("WEBP");
        }
    };

    private final String formatName;
    private final byte[][] signatures;

    ImageFormat(String formatName, String... signatures) {
        this.formatName = formatName;
        this.signatures =
                Arrays.stream(signatures).map(HexFormat.of()::parseHex).toArray(byte[][]::new);
    }

    /** The format's name among Image I/O's plug-ins. */
    String formatName() {
        return formatName;
    }

    boolean matches(byte[] bytes) {
        return Arrays.stream(signatures)
                .anyMatch(s -> bytes.length >= s.length && Arrays.equals(s, 0, s.length, bytes, 0, s.length));
    }

    /** The format of an encoded picture, empty where it is none of these. */
    static Optional<ImageFormat> of(byte[] bytes) {
        return Arrays.stream(values()).filter(f -> f.matches(bytes)).findFirst();
    }
}
