package dev.triptych.vision.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.util.Locale;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import org.w3c.dom.Node;

/**
 * A GIF's screen, on which its first frame may cover a part only. As in Pillow, what it leaves free has the color of
 * the transparent palette entry, or of entry 0 where there is none.
 *
 * @param width of the screen, widened to hold the frame
 * @param height likewise
 * @param left where the frame begins
 * @param top likewise
 * @param background palette entry of the free area
 */
record GifCanvas(int width, int height, int left, int top, int background) {

    private static final int SCREEN_OFFSET = 6;

    static GifCanvas of(byte[] gif, ImageReader reader) throws IOException {
        Node root = reader.getImageMetadata(0).getAsTree("javax_imageio_gif_image_1.0");
        int left = 0;
        int top = 0;
        int background = 0;
        for (Node node = root.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof IIOMetadataNode element && "ImageDescriptor".equals(node.getNodeName())) {
                left = Integer.parseInt(element.getAttribute("imageLeftPosition"));
                top = Integer.parseInt(element.getAttribute("imageTopPosition"));
            } else if (node instanceof IIOMetadataNode element
                    && "GraphicControlExtension".equals(node.getNodeName())
                    && Boolean.parseBoolean(
                            element.getAttribute("transparentColorFlag").toLowerCase(Locale.ROOT))) {
                background = Integer.parseInt(element.getAttribute("transparentColorIndex"));
            }
        }
        return new GifCanvas(
                Math.max(unsignedShort(gif, SCREEN_OFFSET), left + reader.getWidth(0)),
                Math.max(unsignedShort(gif, SCREEN_OFFSET + 2), top + reader.getHeight(0)),
                left,
                top,
                background);
    }

    RgbImage draw(BufferedImage frame) {
        RgbImage pixels = RasterPixels.toRgb(frame.getRaster(), frame.getColorModel(), SixteenBitGray.HIGH_BYTE);
        if (pixels.width() == width && pixels.height() == height) {
            return pixels;
        }
        byte[] screen = new byte[RgbImage.byteCount(width, height)];
        if (frame.getColorModel() instanceof IndexColorModel palette) {
            fill(screen, palette.getRGB(Math.min(background, palette.getMapSize() - 1)));
        }
        int rowBytes = pixels.width() * RgbImage.CHANNELS;
        for (int y = 0; y < pixels.height(); y++) {
            int out = ((top + y) * width + left) * RgbImage.CHANNELS;
            System.arraycopy(pixels.pixels(), y * rowBytes, screen, out, rowBytes);
        }
        return new RgbImage(width, height, screen);
    }

    private static void fill(byte[] screen, int rgb) {
        for (int i = 0; i < screen.length; i += RgbImage.CHANNELS) {
            screen[i] = (byte) (rgb >> 16);
            screen[i + 1] = (byte) (rgb >> 8);
            screen[i + 2] = (byte) rgb;
        }
    }

    private static int unsignedShort(byte[] bytes, int at) {
        return bytes.length < at + 2 ? 0 : bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8;
    }
}
