package dev.triptych.benchmarks.strategies;

import dev.triptych.text.generation.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run found, for the {@code auto} strategy: {@code strategies.json}, whose schema is
 * {@code schemas/strategies.schema.json}.
 */
record Curves(ObjectNode file) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static Curves of(Report report) {
        ObjectNode root = JSON.createObjectNode();
        root.put("command", report.command());
        root.put("machine", report.machine());
        ArrayNode curves = root.putArray("curves");
        report.quality().forEach((contender, quality) -> {
            ObjectNode curve = curves.addObject();
            curve.put("strategy", contender.strategy().name());
            if (contender.strategy() instanceof Strategy.MaskPredict refinement) {
                refinement.iterations().ifPresent(count -> curve.put("iterations", count));
                refinement.candidates().ifPresent(count -> curve.put("candidates", count));
            }
            if (contender.strategy() instanceof Strategy.Ctc ctc && ctc.scored()) {
                curve.put("candidates", ctc.candidates());
            }
            if (contender.strategy() instanceof Strategy.Beam beam) {
                curve.put("num_beams", beam.numBeams());
            }
            curve.put("bleu", rounded(quality.bleu()));
            ObjectNode rates = curve.putObject("sentences_per_second");
            rates(report, contender).forEach((clients, rate) -> rates.put(String.valueOf(clients), rounded(rate)));
        });
        return new Curves(root);
    }

    /** Over short and long sentences, as many of one kind as of the other. */
    private static Map<Integer, Double> rates(Report report, Contender contender) {
        Map<Integer, Double> rates = new TreeMap<>();
        for (int clients : report.clients()) {
            double seconds = 0;
            int kinds = 0;
            for (boolean isShort : new boolean[] {true, false}) {
                Optional<Measurement> found = report.find(contender, clients, isShort);
                if (found.isPresent()) {
                    seconds += 1 / found.get().throughput().requestsPerSecond();
                    kinds++;
                }
            }
            if (kinds > 0) {
                rates.put(clients, kinds / seconds);
            }
        }
        return rates;
    }

    private static double rounded(double value) {
        return Math.rint(value * 100) / 100;
    }

    void write(Path path) throws IOException {
        Files.writeString(path, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(file) + "\n");
    }
}
