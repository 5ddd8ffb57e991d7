package dev.triptych.benchmarks.strategies;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

/** Lines or points over a logarithmic axis, as SVG. */
final class Plot {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 400;
    private static final int LEFT = 64;
    private static final int RIGHT = 560;
    private static final int TOP = 40;
    private static final int BOTTOM = 350;
    private static final List<String> COLORS =
            List.of("#1b6ca8", "#d1495b", "#2e8b57", "#8f5fbf", "#c77d1e", "#4d4d4d", "#0f9b9b", "#a0a000");

    private final String title;
    private final Axis across;
    private final Axis up;
    private final Map<String, List<double[]>> series = new LinkedHashMap<>();

    /**
     * @param logarithmic whether equal ratios are equally far apart
     */
    record Axis(String label, boolean logarithmic) {

        double place(double value, double least, double most) {
            if (most <= least) {
                return 0.5;
            }
            return logarithmic
                    ? (Math.log(value) - Math.log(least)) / (Math.log(most) - Math.log(least))
                    : (value - least) / (most - least);
        }
    }

    Plot(String title, Axis across, Axis up) {
        this.title = title;
        this.across = across;
        this.up = up;
    }

    void add(String name, double x, double y) {
        series.computeIfAbsent(name, key -> new ArrayList<>()).add(new double[] {x, y});
    }

    String svg() {
        double[] xs = values(0);
        double[] ys = values(1);
        double highest = ys[ys.length - 1];
        double lowest = up.logarithmic() ? ys[0] : 0;
        StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n"
                        + "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n",
                WIDTH,
                HEIGHT,
                WIDTH,
                HEIGHT));
        text(out, LEFT, 22, "start", title);
        text(out, (LEFT + RIGHT) / 2.0, HEIGHT - 12, "middle", across.label());
        text(out, 4, TOP - 10, "start", up.label());
        line(out, "#888", List.of(new double[] {LEFT, TOP}, new double[] {LEFT, BOTTOM}, new double[] {RIGHT, BOTTOM}));
        for (double x : DoubleStream.of(xs).distinct().limit(8).toArray()) {
            text(out, across(x, xs), BOTTOM + 16, "middle", number(x));
        }
        for (int tick = 0; tick <= 4; tick++) {
            double y = up.logarithmic()
                    ? lowest * Math.pow(highest / lowest, tick / 4.0)
                    : lowest + (highest - lowest) * tick / 4;
            text(out, LEFT - 6, up(y, lowest, highest) + 4, "end", number(y));
        }
        int index = 0;
        for (Map.Entry<String, List<double[]>> entry : series.entrySet()) {
            String color = COLORS.get(index % COLORS.size());
            List<double[]> places = entry.getValue().stream()
                    .map(point -> new double[] {across(point[0], xs), up(point[1], lowest, highest)})
                    .toList();
            line(out, color, places);
            places.forEach(place -> out.append(String.format(
                    Locale.ROOT,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>%n",
                    place[0],
                    place[1],
                    color)));
            double legend = TOP + 18.0 * index++;
            line(out, color, List.of(new double[] {RIGHT + 16, legend}, new double[] {RIGHT + 36, legend}));
            text(out, RIGHT + 42, legend + 4, "start", entry.getKey());
        }
        return out.append("</svg>\n").toString();
    }

    private double[] values(int axis) {
        return series.values().stream()
                .flatMap(List::stream)
                .mapToDouble(point -> point[axis])
                .sorted()
                .toArray();
    }

    private double across(double x, double[] sorted) {
        return LEFT + 12 + across.place(x, sorted[0], sorted[sorted.length - 1]) * (RIGHT - LEFT - 24);
    }

    private double up(double y, double lowest, double highest) {
        return BOTTOM - 6 - up.place(y, lowest, highest) * (BOTTOM - TOP - 12);
    }

    private static String number(double value) {
        return value >= 100 || value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.1f", value);
    }

    private static void text(StringBuilder out, double x, double y, String anchor, String text) {
        out.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
                x,
                y,
                anchor,
                escaped(text)));
    }

    private static void line(StringBuilder out, String color, List<double[]> places) {
        StringBuilder points = new StringBuilder();
        places.forEach(place -> points.append(String.format(Locale.ROOT, "%.1f,%.1f ", place[0], place[1])));
        out.append(String.format(
                Locale.ROOT,
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>%n",
                points.toString().strip(),
                color));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
