package dev.triptych.text.generation;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How well and how fast a model's strategies translate, as measured, and which of them to use for a load. Pure.
 *
 * @param curves in any order; none where nothing was measured
 */
public record StrategyCurves(List<Curve> curves) {

    /** Nothing was measured. */
    public static final StrategyCurves NONE = new StrategyCurves(List.of());

    /** Where nothing was measured, drafts are taken to pay up to so many sentences at once, as they are made up to then. */
    private static final int FEW = 3;

    public StrategyCurves {
        curves = List.copyOf(curves);
    }

    /**
     * A strategy's figures.
     *
     * @param bleu corpus BLEU
     * @param rates sentences per second over all of so many clients, each with one sentence at a time; not empty
     */
    public record Curve(Strategy strategy, double bleu, NavigableMap<Integer, Double> rates) {

        public Curve {
            if (rates.isEmpty()) {
                throw new IllegalArgumentException("a curve needs a point");
            }
            rates = new TreeMap<>(rates);
        }

        /** Whether its ids are greedy's. */
        boolean exact() {
            return strategy instanceof Strategy.Greedy || strategy instanceof Strategy.Speculative;
        }

        /** Between two measured numbers of clients, in proportion to their ratio; outside of them, the nearest. */
        double rate(int clients) {
            Map.Entry<Integer, Double> below = rates.floorEntry(clients);
            Map.Entry<Integer, Double> above = rates.ceilingEntry(clients);
            if (below == null || above == null) {
                return (below == null ? rates.firstEntry() : rates.lastEntry()).getValue();
            }
            if (below.getKey().equals(above.getKey())) {
                return below.getValue();
            }
            double part =
                    Math.log((double) clients / below.getKey()) / Math.log((double) above.getKey() / below.getKey());
            return below.getValue() + part * (above.getValue() - below.getValue());
        }
    }

    /**
     * What a choice depends on.
     *
     * @param sentences that will be under way, the new ones among them
     * @param qualityLoss BLEU points below greedy's that are accepted; 0: greedy's ids
     * @param served names of the strategies that the model has
     */
    public record Situation(int sentences, double qualityLoss, List<String> served) {}

    /** The fastest strategy that is good enough; the first among equals. */
    public Strategy pick(Situation situation) {
        int sentences = Math.max(1, situation.sentences());
        Optional<Curve> greedy = curves.stream()
                .filter(curve -> curve.strategy() instanceof Strategy.Greedy)
                .findFirst();
        if (greedy.isEmpty()) {
            return sentences <= FEW && situation.served().contains("speculative")
                    ? new Strategy.Speculative()
                    : new Strategy.Greedy();
        }
        double least = greedy.get().bleu() - situation.qualityLoss();
        Curve best = greedy.get();
        for (Curve curve : curves) {
            boolean goodEnough = curve.exact() || (situation.qualityLoss() > 0 && curve.bleu() >= least);
            if (goodEnough
                    && situation.served().contains(curve.strategy().name())
                    && curve.rate(sentences) > best.rate(sentences)) {
                best = curve;
            }
        }
        return best.strategy();
    }
}
