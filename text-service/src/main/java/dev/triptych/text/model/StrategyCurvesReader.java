package dev.triptych.text.model;

import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.StrategyMeasurements;
import dev.triptych.text.generation.ParallelDecoders;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.StrategyCurves;
import java.util.OptionalInt;

/** Reads what was measured of a package's strategies. */
public final class StrategyCurvesReader {

    private StrategyCurvesReader() {}

    /**
     * Those of strategies that can be run.
     *
     * @throws dev.triptych.modelpackage.ModelPackageException if {@code strategies.json} breaks its schema
     */
    public static StrategyCurves read(ModelPackage modelPackage, ParallelDecoders decoders) {
        return StrategyMeasurements.read(modelPackage)
                .map(measured -> new StrategyCurves(measured.curves().stream()
                        .map(curve -> new StrategyCurves.Curve(
                                strategy(curve, decoders), curve.bleu(), curve.sentencesPerSecond()))
                        .filter(curve -> decoders.scoring() || !scored(curve.strategy()))
                        .toList()))
                .orElse(StrategyCurves.NONE);
    }

    private static boolean scored(Strategy strategy) {
        return strategy instanceof Strategy.Ctc ctc && ctc.scored()
                || strategy instanceof Strategy.MaskPredict refinement
                        && refinement.candidates().isPresent();
    }

    private static Strategy maskPredict(StrategyMeasurements.Curve curve, ParallelDecoders decoders) {
        if (curve.candidates().isPresent()) {
            return new Strategy.MaskPredict(curve.iterations(), OptionalInt.empty(), 1, curve.candidates());
        }
        int lengths = decoders.maskPredict()
                .map(ParallelDecoders.MaskPredict::lengthCandidates)
                .orElse(1);
        return new Strategy.MaskPredict(curve.iterations(), OptionalInt.of(lengths), 1);
    }

    private static Strategy strategy(StrategyMeasurements.Curve curve, ParallelDecoders decoders) {
        return switch (curve.strategy()) {
            case "speculative" -> new Strategy.Speculative();
            case "ctc" -> Strategy.Ctc.scored(curve.candidates().orElse(1));
            case "mask-predict" -> maskPredict(curve, decoders);
            case "beam" -> Strategy.Beam.of(curve.numBeams().orElse(1));
            default -> new Strategy.Greedy();
        };
    }
}
