package dev.triptych.vision.image;

import com.drew.imaging.ImageProcessingException;
import com.drew.imaging.jpeg.JpegMetadataReader;
import com.drew.imaging.png.PngChunk;
import com.drew.imaging.png.PngChunkReader;
import com.drew.imaging.png.PngChunkType;
import com.drew.imaging.riff.RiffReader;
import com.drew.lang.ByteArrayReader;
import com.drew.lang.SequentialByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifDirectoryBase;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import com.drew.metadata.webp.WebpRiffHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** How a camera was held, by the EXIF standard's numbers 1 to 8, and the turn that sets the picture upright. */
enum ExifOrientation {
    UPRIGHT(false, false, false),
    MIRRORED(false, true, false),
    UPSIDE_DOWN(false, true, true),
    FLIPPED(false, false, true),
    TRANSPOSED(true, false, false),
    TURNED_LEFT(true, false, true),
    TRANSVERSED(true, true, true),
    TURNED_RIGHT(true, true, false);

    private final boolean transposed;
    private final boolean fromRight;
    private final boolean fromBottom;

    /**
     * @param transposed rows of the upright picture are columns of the stored one
     * @param fromRight the stored picture is read from its right edge
     * @param fromBottom the stored picture is read from its lower edge
     */
    ExifOrientation(boolean transposed, boolean fromRight, boolean fromBottom) {
        this.transposed = transposed;
        this.fromRight = fromRight;
        this.fromBottom = fromBottom;
    }

    /** The orientation that the file tells; upright where it tells none or its metadata are damaged. */
    static ExifOrientation of(ImageFormat format, byte[] bytes) {
        try {
            return metadata(format, bytes).getDirectoriesOfType(ExifIFD0Directory.class).stream()
                    .map(directory -> directory.getInteger(ExifDirectoryBase.TAG_ORIENTATION))
                    .filter(found -> found != null && found >= 1 && found <= values().length)
                    .findFirst()
                    .map(number -> values()[number - 1])
                    .orElse(UPRIGHT);
        } catch (ImageProcessingException | IOException | RuntimeException e) {
            // Pixels decoded; a camera's broken notes about them are no reason to refuse the picture.
            return UPRIGHT;
        }
    }

    /**
     * Read from the array, never as a stream: of that the library allocates what a chunk claims to hold before it looks
     * for it.
     */
    private static Metadata metadata(ImageFormat format, byte[] bytes) throws ImageProcessingException, IOException {
        Metadata metadata = new Metadata();
        switch (format) {
            case JPEG ->
                JpegMetadataReader.process(metadata, new ByteArrayInputStream(bytes), List.of(new ExifReader()));
            case PNG -> {
                SequentialByteArrayReader chunks = new SequentialByteArrayReader(bytes);
                for (PngChunk chunk : new PngChunkReader().extract(chunks, Set.of(PngChunkType.eXIf))) {
                    new ExifReader().extract(new ByteArrayReader(chunk.getBytes()), metadata);
                }
            }
            case WEBP ->
                new RiffReader().processRiff(new SequentialByteArrayReader(bytes), new WebpRiffHandler(metadata));
            case GIF, BMP -> {}
        }
        return metadata;
    }

    /** The picture as it was meant to be seen. */
    RgbImage apply(RgbImage image) {
        if (this == UPRIGHT) {
            return image;
        }
        int width = transposed ? image.height() : image.width();
        int height = transposed ? image.width() : image.height();
        byte[] source = image.pixels();
        byte[] target = new byte[source.length];
        int out = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int column = transposed ? y : x;
                int row = transposed ? x : y;
                int storedX = fromRight ? image.width() - 1 - column : column;
                int storedY = fromBottom ? image.height() - 1 - row : row;
                int in = (storedY * image.width() + storedX) * RgbImage.CHANNELS;
                target[out++] = source[in];
                target[out++] = source[in + 1];
                target[out++] = source[in + 2];
            }
        }
        return new RgbImage(width, height, target);
    }
}
