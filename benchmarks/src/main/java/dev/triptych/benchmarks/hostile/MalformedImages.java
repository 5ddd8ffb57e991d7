package dev.triptych.benchmarks.hostile;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/**
 * Pictures that are damaged, cut short, or promise more pixels than anyone has memory for; the same ones for the same seed and
 * number.
 */
final class MalformedImages {

    private static final List<String> FORMATS = List.of("png", "jpeg", "gif", "bmp");

    /** One pixel each, lossy and lossless: the JDK writes no WebP. */
    private static final List<String> WEBP = List.of(
            "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA",
            "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");

    private static final int[] HUGE = {0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 0x0000FFFF, 0xFFFF0000, 0};

    private final long seed;
    private final List<Whole> wholes = new ArrayList<>();

    private record Whole(String format, byte[] bytes) {}

    /** @param what is done to it */
    record Malformed(String format, byte[] bytes, String what) {}

    MalformedImages(long seed) throws IOException {
        this.seed = seed;
        SplittableRandom random = new SplittableRandom(seed);
        for (int type : List.of(
                BufferedImage.TYPE_INT_RGB,
                BufferedImage.TYPE_BYTE_GRAY,
                BufferedImage.TYPE_BYTE_INDEXED,
                BufferedImage.TYPE_4BYTE_ABGR,
                BufferedImage.TYPE_USHORT_GRAY)) {
            BufferedImage image = picture(8 + random.nextInt(60), 8 + random.nextInt(60), type, random);
            for (String format : FORMATS) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                if (ImageIO.write(image, format, out)) {
                    wholes.add(new Whole(format, out.toByteArray()));
                }
            }
        }
        WEBP.forEach(text -> wholes.add(new Whole("webp", Base64.getDecoder().decode(text))));
    }

    private static BufferedImage picture(int width, int height, int type, SplittableRandom random) {
        BufferedImage image = new BufferedImage(width, height, type);
        int base = random.nextInt();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, base + x * 0x030201 + y * 0x010305 | 0xC0000000);
            }
        }
        return image;
    }

    Malformed at(int number) {
        SplittableRandom random = new SplittableRandom(seed + 31L * number);
        Whole whole = wholes.get(random.nextInt(wholes.size()));
        byte[] bytes = whole.bytes();
        return switch (random.nextInt(10)) {
            case 0 -> new Malformed(whole.format(), Arrays.copyOf(bytes, random.nextInt(bytes.length)), "cut short");
            case 1 -> new Malformed(whole.format(), bomb(whole, random), "a bomb");
            case 2 -> new Malformed(whole.format(), joined(bytes, wholes, random), "two pictures in one");
            case 3 -> new Malformed(whole.format(), foreign(random), "no picture");
            case 4 -> new Malformed(whole.format(), repeated(bytes, random), "a part of it repeated");
            case 5 -> new Malformed(whole.format(), overwritten(whole, random), "a number overwritten");
            default -> new Malformed(whole.format(), flipped(whole, random), "bytes changed");
        };
    }

    private static byte[] flipped(Whole whole, SplittableRandom random) {
        byte[] bytes = whole.bytes().clone();
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            // Headers are where most of the code is.
            int bound = random.nextBoolean() ? Math.min(64, bytes.length) : bytes.length;
            bytes[random.nextInt(bound)] = (byte) random.nextInt(256);
        }
        return checked(whole.format(), bytes, random);
    }

    private static byte[] overwritten(Whole whole, SplittableRandom random) {
        byte[] bytes = whole.bytes().clone();
        ByteBuffer.wrap(bytes)
                .order(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)
                .putInt(random.nextInt(bytes.length - 3), HUGE[random.nextInt(HUGE.length)]);
        return checked(whole.format(), bytes, random);
    }

    private static byte[] repeated(byte[] bytes, SplittableRandom random) {
        int from = random.nextInt(bytes.length);
        int to = from + random.nextInt(bytes.length - from);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + to - from);
        System.arraycopy(bytes, from, longer, to, bytes.length - from);
        return longer;
    }

    private static byte[] joined(byte[] bytes, List<Whole> wholes, SplittableRandom random) {
        byte[] other = wholes.get(random.nextInt(wholes.size())).bytes();
        int at = random.nextInt(bytes.length + 1);
        byte[] both = Arrays.copyOf(bytes, at + other.length);
        System.arraycopy(other, 0, both, at, other.length);
        return both;
    }

    private static byte[] foreign(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 ->
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><rect width=\"9\" height=\"9\"/></svg>"
                        .getBytes(US_ASCII);
            case 1 -> "%PDF-1.7 GIF89a \u0089PNG".getBytes(US_ASCII);
            case 2 -> new byte[0];
            default -> {
                byte[] noise = new byte[random.nextInt(4096)];
                random.nextBytes(noise);
                yield noise;
            }
        };
    }

    /** The width and height where the format has them, made as large as they can be or just too large. */
    private static byte[] bomb(Whole whole, SplittableRandom random) {
        byte[] bytes = whole.bytes().clone();
        int side = random.nextBoolean() ? 65_535 : 10_000 + random.nextInt(20_000);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        switch (whole.format()) {
            case "png" -> buffer.putInt(16, side).putInt(20, side);
            case "gif" ->
                buffer.order(ByteOrder.LITTLE_ENDIAN).putShort(6, (short) side).putShort(8, (short) side);
            case "bmp" -> buffer.order(ByteOrder.LITTLE_ENDIAN).putInt(18, side).putInt(22, side);
            case "jpeg" -> {
                for (int i = 0; i + 8 < bytes.length; i++) {
                    if (bytes[i] == (byte) 0xFF && (bytes[i + 1] == (byte) 0xC0 || bytes[i + 1] == (byte) 0xC2)) {
                        buffer.putShort(i + 5, (short) side).putShort(i + 7, (short) side);
                    }
                }
            }
            default -> buffer.order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - 8, -1);
        }
        return whole.format().equals("png") ? withSums(bytes) : bytes;
    }

    /** Half of the damaged PNGs get right check sums again, or no reader would look any further. */
    private static byte[] checked(String format, byte[] bytes, SplittableRandom random) {
        return format.equals("png") && random.nextBoolean() ? withSums(bytes) : bytes;
    }

    private static byte[] withSums(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int chunk = 8;
        while (chunk + 12 <= bytes.length) {
            int length = buffer.getInt(chunk);
            if (length < 0 || length > bytes.length - chunk - 12) {
                break;
            }
            CRC32 sum = new CRC32();
            sum.update(bytes, chunk + 4, length + 4);
            buffer.putInt(chunk + 8 + length, (int) sum.getValue());
            chunk += 12 + length;
        }
        return bytes;
    }
}
