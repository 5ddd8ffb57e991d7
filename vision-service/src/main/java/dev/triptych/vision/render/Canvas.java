package dev.triptych.vision.render;

import dev.triptych.vision.image.ResampleFilter;
import dev.triptych.vision.image.Resampler;
import dev.triptych.vision.image.RgbImage;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * A picture to draw on, with lines and letters that fit its size. Pictures too small to read on are enlarged by a whole
 * factor, huge ones reduced; others keep their pixels. Owned by one call.
 */
final class Canvas implements AutoCloseable {

    private static final int LEAST_EDGE = 160;
    private static final int MOST_EDGE = 4096;

    private static final int LEAST_FONT = 11;
    private static final double FONT_SHARE = 1 / 30.0;
    private static final double LINE_SHARE = 1 / 6.0;

    /** Below this, letters are blots and are left out. */
    private static final int SMALLEST_FONT = 6;

    private static final Color PANEL = new Color(0, 0, 0, 170);
    private static final String ELLIPSIS = "…";

    private final BufferedImage image;
    private final Graphics2D graphics;
    private final int fontSize;
    private final float lineWidth;
    private final List<Tag> tags = new ArrayList<>();

    private record Tag(Rectangle place, String text, Color color, Font font) {}

    private Canvas(RgbImage pixels) {
        this.image = new BufferedImage(pixels.width(), pixels.height(), BufferedImage.TYPE_INT_RGB);
        byte[] source = pixels.pixels();
        int[] row = new int[pixels.width()];
        for (int y = 0, in = 0; y < pixels.height(); y++) {
            for (int x = 0; x < row.length; x++, in += 3) {
                row[x] = (source[in] & 0xFF) << 16 | (source[in + 1] & 0xFF) << 8 | source[in + 2] & 0xFF;
            }
            image.setRGB(0, y, row.length, 1, row, 0, row.length);
        }
        this.graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        double edge = Math.sqrt((double) pixels.width() * pixels.height());
        this.fontSize = (int) Math.max(LEAST_FONT, Math.round(edge * FONT_SHARE));
        this.lineWidth = (float) Math.max(1.5, fontSize * LINE_SHARE);
    }

    /** A canvas over a picture, whose longer edge gets at most {@code mostEdge} pixels. */
    static Canvas over(RgbImage picture, int mostEdge) {
        int longer = Math.max(picture.width(), picture.height());
        int most = Math.min(mostEdge, MOST_EDGE);
        if (longer > most) {
            double scale = (double) most / longer;
            return new Canvas(Resampler.resize(
                    picture,
                    Math.max(1, (int) Math.round(picture.width() * scale)),
                    Math.max(1, (int) Math.round(picture.height() * scale)),
                    ResampleFilter.BILINEAR));
        }
        int factor = (LEAST_EDGE + longer - 1) / longer;
        return new Canvas(
                Resampler.resize(picture, picture.width() * factor, picture.height() * factor, ResampleFilter.NEAREST));
    }

    static Canvas over(RgbImage picture) {
        return over(picture, MOST_EDGE);
    }

    int width() {
        return image.getWidth();
    }

    int height() {
        return image.getHeight();
    }

    int get(int x, int y) {
        return image.getRGB(x, y) & 0xFFFFFF;
    }

    void set(int x, int y, int rgb) {
        image.setRGB(x, y, rgb);
    }

    /** Draws a frame on a dark rim, which keeps it apart from any ground; what lies outside the picture is cut at its edge. */
    void frame(double xmin, double ymin, double xmax, double ymax, Color color) {
        double inset = lineWidth / 2;
        double left = Math.clamp(xmin, inset, Math.max(inset, width() - inset));
        double top = Math.clamp(ymin, inset, Math.max(inset, height() - inset));
        double right = Math.clamp(xmax, inset, Math.max(inset, width() - inset));
        double bottom = Math.clamp(ymax, inset, Math.max(inset, height() - inset));
        Rectangle2D frame = new Rectangle2D.Double(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
        graphics.setColor(new Color(0, 0, 0, 150));
        graphics.setStroke(new BasicStroke(lineWidth * 1.8f));
        graphics.draw(frame);
        graphics.setColor(color);
        graphics.setStroke(new BasicStroke(lineWidth));
        graphics.draw(frame);
    }

    /** Places a label at a frame: above it, below it or inside, where it lies on the picture and on no earlier label. */
    void tag(String text, double xmin, double ymin, double ymax, Color color) {
        String shown = fit(text, width());
        if (shown.isEmpty()) {
            return;
        }
        FontMetrics metrics = graphics.getFontMetrics();
        int pad = pad();
        int tagWidth = Math.min(metrics.stringWidth(shown) + 2 * pad, width());
        int tagHeight = metrics.getHeight();
        int x = (int) Math.clamp(xmin - lineWidth / 2, 0, width() - tagWidth);
        int[] rows = {(int) ymin - tagHeight, (int) ymax, (int) ymin, (int) ymax - tagHeight};
        Rectangle place = new Rectangle(x, Math.clamp(rows[0], 0, height() - tagHeight), tagWidth, tagHeight);
        for (int row : rows) {
            Rectangle candidate = new Rectangle(x, row, tagWidth, tagHeight);
            if (row >= 0
                    && row <= height() - tagHeight
                    && tags.stream().map(Tag::place).noneMatch(candidate::intersects)) {
                place = candidate;
                break;
            }
        }
        tags.add(new Tag(place, shown, color, graphics.getFont()));
    }

    /** Paints the labels, those placed first on top. */
    private void paintTags() {
        for (Tag tag : tags.reversed()) {
            graphics.setFont(tag.font());
            graphics.setColor(tag.color());
            graphics.fill(tag.place());
            graphics.setColor(Palette.textOn(tag.color()));
            graphics.drawString(
                    tag.text(),
                    tag.place().x + pad(),
                    tag.place().y + graphics.getFontMetrics().getAscent());
        }
        tags.clear();
    }

    /** One line of a legend. */
    record Entry(Color color, String text) {}

    /** Lists colors with their meaning in the upper left corner; what does not fit is counted. */
    void legend(List<Entry> entries) {
        if (entries.isEmpty() || fit("M", width()).isEmpty()) {
            return;
        }
        FontMetrics metrics = graphics.getFontMetrics();
        int pad = pad();
        int line = metrics.getHeight();
        int room = Math.max(1, (height() - 2 * pad) / line);
        List<Entry> shown = new ArrayList<>(entries.subList(0, Math.min(entries.size(), room)));
        if (shown.size() < entries.size()) {
            int rest = entries.size() - shown.size() + 1;
            shown.set(shown.size() - 1, new Entry(Color.GRAY, "+ " + rest + " more"));
        }
        int swatch = Math.max(2, metrics.getAscent() - 2);
        int textRoom = width() - 3 * pad - swatch;
        int widest = 0;
        List<String> texts = new ArrayList<>();
        for (Entry entry : shown) {
            String text = cut(entry.text(), textRoom, metrics);
            texts.add(text);
            widest = Math.max(widest, metrics.stringWidth(text));
        }
        graphics.setColor(PANEL);
        graphics.fillRect(0, 0, widest + 3 * pad + swatch, shown.size() * line + 2 * pad);
        for (int i = 0; i < shown.size(); i++) {
            int top = pad + i * line;
            graphics.setColor(shown.get(i).color());
            graphics.fillRect(pad, top + 1, swatch, swatch);
            graphics.setColor(Color.WHITE);
            graphics.drawString(texts.get(i), 2 * pad + swatch, top + metrics.getAscent());
        }
    }

    /** Writes a line on a dark panel in the upper left corner. */
    void caption(String text) {
        String shown = fit(text, width());
        if (shown.isEmpty()) {
            return;
        }
        FontMetrics metrics = graphics.getFontMetrics();
        graphics.setColor(PANEL);
        graphics.fillRect(0, 0, metrics.stringWidth(shown) + 2 * pad(), metrics.getHeight());
        graphics.setColor(Color.WHITE);
        graphics.drawString(shown, pad(), metrics.getAscent());
    }

    private int pad() {
        return Math.max(2, graphics.getFont().getSize() / 3);
    }

    /** Chooses the largest font up to this canvas' own in which the text fits; cuts it where none does. Empty: no room. */
    private String fit(String text, int room) {
        for (int size = Math.min(fontSize, height() * 3 / 4); size >= SMALLEST_FONT; size--) {
            graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, size));
            FontMetrics metrics = graphics.getFontMetrics();
            boolean last = size == SMALLEST_FONT;
            if (metrics.getHeight() <= height() && (last || metrics.stringWidth(text) + 2 * pad() <= room)) {
                return last ? cut(text, room - 2 * pad(), metrics) : text;
            }
        }
        return "";
    }

    private static String cut(String text, int room, FontMetrics metrics) {
        if (metrics.stringWidth(text) <= room) {
            return text;
        }
        for (int length = text.length() - 1; length > 0; length--) {
            String shorter = text.substring(0, length).stripTrailing() + ELLIPSIS;
            if (metrics.stringWidth(shorter) <= room) {
                return shorter;
            }
        }
        return "";
    }

    BufferedImage image() {
        return image;
    }

    byte[] png() {
        paintTags();
        return png(image);
    }

    static byte[] png(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        graphics.dispose();
    }
}
