package dev.triptych.modelpackage;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * What {@code strategies.json} says of how well and how fast a model's decoding strategies are. The schema is {@code
 * schemas/strategies.schema.json}; {@code ./triptych bench strategies} writes it.
 */
public record StrategyMeasurements(List<Curve> curves) {

    private static final String FILE_NAME = "strategies.json";
    private static final Schema SCHEMA = loadSchema();

    /**
     * One strategy.
     *
     * @param strategy its name, such as {@code ctc}
     * @param iterations refinement passes, of mask-predict
     * @param numBeams hypotheses, of beam search
     * @param candidates outputs that are scored, of ctc and of mask-predict
     * @param bleu corpus BLEU
     * @param sentencesPerSecond by clients, each with one sentence at a time
     */
    public record Curve(
            String strategy,
            OptionalInt iterations,
            OptionalInt numBeams,
            OptionalInt candidates,
            double bleu,
            NavigableMap<Integer, Double> sentencesPerSecond) {}

    /**
     * Reads them, where the package has any.
     *
     * @throws ModelPackageException naming every rule of the schema that is broken
     */
    public static Optional<StrategyMeasurements> read(ModelPackage modelPackage) {
        return modelPackage.file(FILE_NAME).map(StrategyMeasurements::read);
    }

    private static StrategyMeasurements read(Path path) {
        JsonNode root = ConfigFile.read(path).root();
        List<Error> errors = SCHEMA.validate(root);
        if (!errors.isEmpty()) {
            throw new ModelPackageException(path + " breaks its schema: "
                    + errors.stream()
                            .map(e -> e.getInstanceLocation() + " " + e.getMessage())
                            .collect(Collectors.joining("; ")));
        }
        List<Curve> curves = new ArrayList<>();
        for (JsonNode curve : root.path("curves")) {
            NavigableMap<Integer, Double> rates = new TreeMap<>();
            curve.path("sentences_per_second")
                    .properties()
                    .forEach(point -> rates.put(
                            Integer.valueOf(point.getKey()), point.getValue().doubleValue()));
            curves.add(new Curve(
                    curve.path("strategy").asString(),
                    integer(curve.path("iterations")),
                    integer(curve.path("num_beams")),
                    integer(curve.path("candidates")),
                    curve.path("bleu").doubleValue(),
                    rates));
        }
        return new StrategyMeasurements(List.copyOf(curves));
    }

    private static OptionalInt integer(JsonNode node) {
        return node.isIntegralNumber() ? OptionalInt.of(node.intValue()) : OptionalInt.empty();
    }

    private static Schema loadSchema() {
        try (InputStream in = StrategyMeasurements.class.getResourceAsStream("/schemas/strategies.schema.json")) {
            if (in == null) {
                throw new IllegalStateException("the schema of strategies.json is missing from the library");
            }
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(ConfigFile.JSON.readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
