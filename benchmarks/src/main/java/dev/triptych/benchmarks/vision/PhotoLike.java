package dev.triptych.benchmarks.vision;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Pictures that compress about as photographs do: large soft areas, edges, and grain. */
final class PhotoLike {

    private PhotoLike() {}

    /** The same ones every time, four to three. */
    static List<byte[]> jpegs(int count, int pixels) throws IOException {
        int width = (int) Math.round(Math.sqrt(pixels * 4 / 3.0));
        int height = (int) Math.round((double) pixels / width);
        List<byte[]> jpegs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ImageIO.write(picture(width, height, new SplittableRandom(i)), "jpeg", out);
            jpegs.add(out.toByteArray());
        }
        return jpegs;
    }

    private static BufferedImage picture(int width, int height, SplittableRandom random) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        for (int i = 0; i < 40; i++) {
            graphics.setPaint(new GradientPaint(
                    random.nextInt(width), random.nextInt(height), color(random), width, height, color(random)));
            graphics.fillOval(
                    random.nextInt(width) - width / 4,
                    random.nextInt(height) - height / 4,
                    random.nextInt(width),
                    random.nextInt(height));
        }
        graphics.dispose();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int grain = random.nextInt(9) - 4;
                int rgb = image.getRGB(x, y);
                image.setRGB(x, y, grainy(rgb, grain, 16) | grainy(rgb, grain, 8) | grainy(rgb, grain, 0));
            }
        }
        return image;
    }

    private static int grainy(int rgb, int grain, int shift) {
        return Math.clamp((rgb >> shift & 0xFF) + grain, 0, 255) << shift;
    }

    private static Color color(SplittableRandom random) {
        return new Color(random.nextInt(1 << 24));
    }
}
