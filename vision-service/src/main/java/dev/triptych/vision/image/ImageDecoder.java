package dev.triptych.vision.image;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;

/**
 * Makes RGB pixels of an encoded picture, upright by its EXIF orientation. The pixels are those of Pillow's {@code
 * ImageOps.exif_transpose(image).convert("RGB")}: palettes looked up, alpha dropped, gray repeated, profiles ignored.
 *
 * <p>Thread-safe; a call costs CPU and memory in proportion to the picture and belongs on a decode thread. Whatever is
 * wrong with the bytes surfaces as {@link TriptychException.Rejected}.
 */
public final class ImageDecoder {

    private static final String FIELD = "image";

    private static final Map<ImageFormat, ImageReaderSpi> READERS = readers();

    private final ImageLimits limits;
    private final DecodingRoom room;

    public ImageDecoder(ImageLimits limits, DecodingRoom room) {
        this.limits = limits;
        this.room = room;
    }

    /**
     * Decodes a picture, of an animation the first frame, and makes something of it. Until that is done the picture has
     * its share of the memory for decoding.
     *
     * @param use must not keep the pixels
     * @throws TriptychException.Rejected if it is over a limit, of an unknown format, truncated or malformed
     * @throws TriptychException.Overloaded if other pictures keep the memory for too long
     */
    public <T> T decode(byte[] bytes, Function<RgbImage, T> use) {
        try (DecodingRoom.Share share = room.share()) {
            return use.apply(decode(bytes, share));
        }
    }

    private RgbImage decode(byte[] bytes, DecodingRoom.Share share) {
        limits.checkBytes(bytes.length);
        ImageFormat format = ImageFormat.of(bytes).orElseThrow(() -> unknownFormat(bytes));
        if (format == ImageFormat.WEBP) {
            WebpContainer.checkComplete(bytes);
        }
        RgbImage image = decode(format, bytes, share);
        return ExifOrientation.of(format, bytes).apply(image);
    }

    private RgbImage decode(ImageFormat format, byte[] bytes, DecodingRoom.Share share) {
        ImageReader reader = null;
        try (ImageInputStream in = new FiniteImageInput(bytes)) {
            reader = spi(format).createReaderInstance();
            reader.setInput(in, true, format != ImageFormat.GIF);
            TruncationListener truncation = new TruncationListener();
            reader.addIIOReadWarningListener(truncation);
            RgbImage image = read(reader, format, bytes, share);
            truncation.check();
            return image;
        } catch (TriptychException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Plug-ins answer hostile bytes with whatever exception their parsing happens to hit.
            throw malformed(format, e);
        } finally {
            if (reader != null) {
                reader.dispose();
            }
        }
    }

    private RgbImage read(ImageReader reader, ImageFormat format, byte[] bytes, DecodingRoom.Share share)
            throws IOException {
        if (format == ImageFormat.GIF) {
            GifCanvas canvas = GifCanvas.of(bytes, reader);
            limits.checkPixels(canvas.width(), canvas.height());
            limits.checkPixels(reader.getWidth(0), reader.getHeight(0));
            DecodingCost cost = DecodingCost.of(canvas);
            share.take(cost.least(), cost.most());
            return canvas.draw(reader.read(0));
        }
        ImageLimits own = format == ImageFormat.WEBP ? limits.forWebp() : limits;
        own.checkPixels(reader.getWidth(0), reader.getHeight(0));
        DecodingCost cost = DecodingCost.of(reader, format, bytes);
        share.take(cost.least(), cost.most());
        if (format == ImageFormat.JPEG) {
            Raster raster = reader.readRaster(0, null);
            return JpegColors.of(bytes).toRgb(raster);
        }
        BufferedImage image = reader.read(0);
        return RasterPixels.toRgb(image.getRaster(), image.getColorModel(), SixteenBitGray.of(format, bytes));
    }

    private static TriptychException.Rejected unknownFormat(byte[] bytes) {
        return bytes.length == 0
                ? new TriptychException.Rejected(ErrorCode.INVALID_REQUEST, FIELD, "the picture is empty")
                : new TriptychException.Rejected(
                        ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                        FIELD,
                        "a picture must be PNG, JPEG, WebP, GIF or BMP; these " + bytes.length
                                + " bytes start like none of them");
    }

    private static TriptychException.Rejected malformed(ImageFormat format, Exception cause) {
        TriptychException.Rejected rejected = new TriptychException.Rejected(
                ErrorCode.INVALID_IMAGE, FIELD, "the picture starts like " + format + " but cannot be decoded");
        rejected.addSuppressed(cause);
        return rejected;
    }

    private static ImageReaderSpi spi(ImageFormat format) {
        ImageReaderSpi spi = READERS.get(format);
        if (spi == null) {
            throw new IllegalStateException("no decoder is registered for " + format);
        }
        return spi;
    }

    /** Looked up once: the plug-ins are found through the class loader of the thread that asks first. */
    private static Map<ImageFormat, ImageReaderSpi> readers() {
        ImageIO.setUseCache(false);
        ImageIO.scanForPlugins();
        Map<ImageFormat, ImageReaderSpi> readers = new EnumMap<>(ImageFormat.class);
        for (ImageFormat format : ImageFormat.values()) {
            Iterator<ImageReaderSpi> found = IIORegistry.getDefaultInstance()
                    .getServiceProviders(ImageReaderSpi.class, spi -> names((ImageReaderSpi) spi, format), true);
            if (found.hasNext()) {
                readers.put(format, found.next());
            }
        }
        return readers;
    }

    private static boolean names(ImageReaderSpi spi, ImageFormat format) {
        for (String name : spi.getFormatNames()) {
            if (name.toLowerCase(Locale.ROOT).equals(format.formatName())) {
                return true;
            }
        }
        return false;
    }
}
