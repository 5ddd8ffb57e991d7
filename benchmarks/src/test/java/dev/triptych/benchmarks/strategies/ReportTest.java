package dev.triptych.benchmarks.strategies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.benchmarks.Throughput;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.StrategyMeasurements;
import dev.triptych.text.generation.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import javax.xml.parsers.DocumentBuilderFactory;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class ReportTest {

    private static final Contender GREEDY = new Contender("greedy", new Strategy.Greedy());
    private static final Contender SPECULATIVE = new Contender("speculative", new Strategy.Speculative());
    private static final Contender REFINED =
            new Contender("mask-predict 4", new Strategy.MaskPredict(OptionalInt.of(4), OptionalInt.empty(), 1));

    @TempDir
    private Path folder;

    @Test
    void thePageSaysWhichIsFastestWhere() throws IOException {
        report().write(folder.resolve("page.md"));
        assertThat(Files.readString(folder.resolve("page.md")))
                .contains("| speculative | 30.00 |")
                .contains("| greedy | 2.0 / 3.0, 10.0/s, 100.0 ms | 2.0 / 3.0, 80.0/s, 12.5 ms |")
                .contains("- 1 client, short sentences: of those with greedy's ids speculative (2.00 times greedy's "
                        + "throughput), of all mask-predict 4 (3.00 times).")
                .contains("- 64 clients, long sentences: of those with greedy's ids greedy (1.00 times greedy's "
                        + "throughput), of all greedy (1.00 times).");
    }

    @Test
    void plotsAreSvgWithALineForEachStrategy() throws Exception {
        report().write(folder.resolve("page.md"));
        DocumentBuilderFactory parsers = DocumentBuilderFactory.newInstance();
        for (String plot : List.of("short", "long", "quality")) {
            Document svg = parsers.newDocumentBuilder()
                    .parse(folder.resolve("strategies/" + plot + ".svg").toFile());
            int points = svg.getElementsByTagName("circle").getLength();
            assertThat(points).isEqualTo(plot.equals("quality") ? 3 : 6);
            // The axes, and for each strategy its line and its mark in the legend.
            assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(7);
        }
    }

    @Test
    void curvesAreWhatAModelReads() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"marian\"}");
        report().curves().write(folder.resolve("strategies.json"));
        StrategyMeasurements measured =
                StrategyMeasurements.read(ModelPackage.open(folder)).orElseThrow();
        assertThat(measured.curves()).hasSize(3);
        assertThat(measured.curves().getLast().iterations()).hasValue(4);
        // As many short ones as long ones, at 30 and 5 a second: 2 / (1/30 + 1/5).
        assertThat(measured.curves().getLast().sentencesPerSecond().get(1)).isCloseTo(8.57, Offset.offset(0.01));
    }

    private static Report report() {
        Quality quality = new Quality(30, 55, 10, 2, 1, 5, 5);
        Map<Contender, Quality> all = new LinkedHashMap<>();
        all.put(GREEDY, quality);
        all.put(SPECULATIVE, quality);
        all.put(REFINED, new Quality(20, 45, 4, 5, 0, 0, 5));
        List<Measurement> measured = new ArrayList<>();
        for (boolean isShort : new boolean[] {true, false}) {
            measured.add(measured(GREEDY, isShort, 1, 10));
            measured.add(measured(SPECULATIVE, isShort, 1, 20));
            measured.add(measured(REFINED, isShort, 1, isShort ? 30 : 5));
            measured.add(measured(GREEDY, isShort, 64, 80));
            measured.add(measured(SPECULATIVE, isShort, 64, 70));
            measured.add(measured(REFINED, isShort, 64, 6));
        }
        return new Report("m", "bench", "a machine", all, measured);
    }

    private static Measurement measured(Contender contender, boolean isShort, int clients, int rate) {
        return new Measurement(contender, isShort, new Throughput(clients, rate, 100, 1, 1, new double[] {1, 2, 3}));
    }
}
