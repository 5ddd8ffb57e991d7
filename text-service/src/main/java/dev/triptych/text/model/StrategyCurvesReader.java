package dev.triptych.text.model;

import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.StrategyMeasurements;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.StrategyCurves;
import java.util.OptionalInt;

/** Reads what was measured of a package's strategies. */
public final class StrategyCurvesReader {

    private StrategyCurvesReader() {}

    /** @throws dev.triptych.modelpackage.ModelPackageException if {@code strategies.json} breaks its schema */
    public static StrategyCurves read(ModelPackage modelPackage) {
        return StrategyMeasurements.read(modelPackage)
                .map(measured -> new StrategyCurves(measured.curves().stream()
                        .map(curve ->
                                new StrategyCurves.Curve(strategy(curve), curve.bleu(), curve.sentencesPerSecond()))
                        .toList()))
                .orElse(StrategyCurves.NONE);
    }

    private static Strategy strategy(StrategyMeasurements.Curve curve) {
        return switch (curve.strategy()) {
            case "speculative" -> new Strategy.Speculative();
            case "ctc" -> Strategy.Ctc.bestPath();
            case "mask-predict" -> new Strategy.MaskPredict(curve.iterations(), OptionalInt.empty(), 1);
            case "beam" -> Strategy.Beam.of(curve.numBeams().orElse(1));
            default -> new Strategy.Greedy();
        };
    }
}
