package dev.triptych.vision.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rgb.png",
                "gray.png",
                "gray16.png",
                "palette.png",
                "bilevel.png",
                "alpha.png",
                "gray-alpha.png",
                "exif1.png",
                "exif2.png",
                "exif3.png",
                "exif4.png",
                "exif5.png",
                "exif6.png",
                "exif7.png",
                "exif8.png",
                "quality90.jpg",
                "subsampling444.jpg",
                "subsampling422.jpg",
                "progressive.jpg",
                "rgb-not-ycc.jpg",
                "gray.jpg",
                "cmyk.jpg",
                "exif6.jpg",
                "frame.gif",
                "offset.gif",
                "animated.gif",
                "rgb.bmp",
                "palette.bmp",
                "alpha.bmp",
                "lossless.webp",
                "alpha-lossless.webp",
                "exif6.webp"
            })
    void pixelsEqualPillows(String name) {
        RgbImage actual = Pictures.decode(Pictures.bytes(name));
        RgbImage expected = Pictures.pillow(name);
        assertThat(actual.width()).isEqualTo(expected.width());
        assertThat(actual.height()).isEqualTo(expected.height());
        assertThat(actual.pixels()).isEqualTo(expected.pixels());
    }

    /** The library repeats chroma where libwebp interpolates it, which shows in the worst case, color noise. */
    @ParameterizedTest
    @ValueSource(strings = {"lossy.webp", "alpha-lossy.webp"})
    void lossyWebpIsCloseToPillows(String name) {
        byte[] actual = Pictures.decode(Pictures.bytes(name)).pixels();
        byte[] expected = Pictures.pillow(name).pixels();
        double sum = 0;
        for (int i = 0; i < actual.length; i++) {
            sum += Math.abs((actual[i] & 0xFF) - (expected[i] & 0xFF));
        }
        assertThat(sum / actual.length).isLessThan(3.5);
    }

    @Test
    void whatIsNoPictureIsRefusedWithItsReason() {
        assertRejected("hello, I am a text file".getBytes(StandardCharsets.UTF_8), ErrorCode.UNSUPPORTED_MEDIA_TYPE)
                .withMessageContaining("23 bytes");
        assertRejected(
                "<svg xmlns='http://www.w3.org/2000/svg'/>".getBytes(StandardCharsets.UTF_8),
                ErrorCode.UNSUPPORTED_MEDIA_TYPE);
        assertRejected(new byte[0], ErrorCode.INVALID_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rgb.png", "quality90.jpg", "frame.gif", "rgb.bmp", "lossless.webp", "lossy.webp"})
    void truncatedFilesAreRefused(String name) {
        byte[] whole = Pictures.bytes(name);
        assertRejected(Arrays.copyOf(whole, whole.length * 2 / 3), ErrorCode.INVALID_IMAGE);
        assertRejected(Arrays.copyOf(whole, 16), ErrorCode.INVALID_IMAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rgb.png", "quality90.jpg", "frame.gif", "rgb.bmp", "lossless.webp", "lossy.webp"})
    void randomDamageNeverEscapesAsAnotherError(String name) {
        Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            byte[] damaged = Pictures.bytes(name);
            for (int i = 0; i < 1 + random.nextInt(8); i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                Pictures.decode(damaged);
            } catch (TriptychException.Rejected expected) {
                assertThat(expected.code().httpStatus()).isBetween(400, 499);
            }
        }
    }

    /** One pixel of lossless WebP, damaged so that there are far more tables to read than bytes. */
    @ParameterizedTest
    @Timeout(20)
    @ValueSource(
            strings = {
                "524946461a000000574542505650384c0d0000002f399c0010071011118888fe0700",
                "524946461a000000574542505650384c0d0000002f0000a810071011118888fe070c",
                "524946461a000000574542505650384c0d0000002fe200dc10071011118888fe5f00",
                "524946461a000000574542505650384c0d0042462f0000f410071011198888fe07c5",
                "524946461a000000574542505650384c0d0000002f002f00000010071011118888fe0700"
            })
    void decodingEndsWhereThePictureEnds(String picture) {
        assertRejected(HexFormat.of().parseHex(picture), ErrorCode.INVALID_IMAGE);
    }

    /** With a last chunk for EXIF that claims as many bytes as an array can have. */
    @ParameterizedTest
    @ValueSource(strings = {"rgb.png", "lossless.webp"})
    void whatAChunkClaimsToHoldIsNotAllocated(String name) {
        byte[] picture = Pictures.bytes(name);
        byte[] claim = name.endsWith("png")
                ? HexFormat.of().parseHex("7ffffff0" + "65584966" + "00000000")
                : HexFormat.of().parseHex("45584946" + "f0ffff7f");
        byte[] claiming = Arrays.copyOf(picture, picture.length + claim.length);
        int at = name.endsWith("png") ? picture.length - 12 : picture.length;
        System.arraycopy(claim, 0, claiming, at, claim.length);
        if (name.endsWith("png")) {
            System.arraycopy(picture, at, claiming, at + claim.length, 12);
        } else {
            int size = claiming.length - 8;
            ByteBuffer.wrap(claiming).order(ByteOrder.LITTLE_ENDIAN).putInt(4, size);
        }
        long before = allocated();
        try {
            Pictures.decode(claiming);
        } catch (TriptychException.Rejected expected) {
            assertThat(expected.code()).isEqualTo(ErrorCode.INVALID_IMAGE);
        }
        assertThat(allocated() - before).isLessThan(64 << 20);
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().threadId());
    }

    /** 16 bits of each color and of alpha, of 37 × 23 pixels, and the 3 bytes that are made of them. */
    @Test
    void whatNeedsMoreMemoryThanThereIsIsRefusedByItsHeader() {
        byte[] picture = Pictures.bytes("rgb.png");
        ByteBuffer.wrap(picture).put(24, (byte) 16).put(25, (byte) 6);
        CRC32 sum = new CRC32();
        sum.update(picture, 12, 17);
        ByteBuffer.wrap(picture).putInt(29, (int) sum.getValue());
        ImageDecoder small = new ImageDecoder(
                new ImageLimits(1 << 20, 1 << 20), new DecodingRoom(37 * 23 * (8 + 3) - 1024, Duration.ZERO));
        assertThatExceptionOfType(TriptychException.Rejected.class)
                .isThrownBy(() -> small.decode(picture, image -> image))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE));
    }

    @Test
    void aPictureWaitsForMemoryThatOthersHave() {
        ImageDecoder one = new ImageDecoder(
                new ImageLimits(1 << 20, 1 << 20), new DecodingRoom(37 * 23 * (3 + 3), Duration.ofMillis(1)));
        byte[] picture = Pictures.bytes("rgb.png");
        Throwable refused = one.decode(picture, image -> catchThrowable(() -> one.decode(picture, inner -> inner)));
        assertThat(refused).isInstanceOf(TriptychException.Overloaded.class);
        assertThat(one.decode(picture, RgbImage::width)).isEqualTo(37);
    }

    @Test
    void aHugeHeaderIsRefusedBeforeAnythingIsDecoded() {
        byte[] bomb = Pictures.bytes("rgb.png");
        ByteBuffer.wrap(bomb).putInt(16, 50_000).putInt(20, 50_000);
        CRC32 crc = new CRC32();
        crc.update(bomb, 12, 17);
        ByteBuffer.wrap(bomb).putInt(29, (int) crc.getValue());
        assertRejected(bomb, ErrorCode.TOO_LARGE).withMessageContaining("50000x50000");
    }

    @Test
    void limitsCountBytesAndPixels() {
        byte[] picture = Pictures.bytes("rgb.png");
        ImageDecoder fewBytes = new ImageDecoder(new ImageLimits(picture.length - 1, 1 << 20), Pictures.ROOM);
        ImageDecoder fewPixels = new ImageDecoder(new ImageLimits(1 << 20, 37 * 23 - 1), Pictures.ROOM);
        ImageDecoder justEnough = new ImageDecoder(new ImageLimits(picture.length, 37 * 23), Pictures.ROOM);
        assertThatExceptionOfType(TriptychException.Rejected.class)
                .isThrownBy(() -> fewBytes.decode(picture, image -> image))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE));
        assertThatExceptionOfType(TriptychException.Rejected.class)
                .isThrownBy(() -> fewPixels.decode(picture, image -> image))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE));
        assertThat(justEnough.decode(picture, RgbImage::width)).isEqualTo(37);
    }

    private static ThrowableAssertAlternative<TriptychException.Rejected> assertRejected(byte[] bytes, ErrorCode code) {
        return assertThatExceptionOfType(TriptychException.Rejected.class)
                .isThrownBy(() -> Pictures.decode(bytes))
                .satisfies(e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e.field()).isEqualTo("image");
                });
    }
}
