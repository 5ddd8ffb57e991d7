package dev.triptych.benchmarks.strategies;

import dev.triptych.benchmarks.quality.Bleu;
import dev.triptych.benchmarks.quality.Chrf;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import java.util.ArrayList;
import java.util.List;

/**
 * How well a strategy translates, and in how many passes.
 *
 * @param bleu corpus BLEU
 * @param chrf corpus chrF
 * @param passes decoder passes of a sentence, on average
 * @param fewer how many times fewer passes than greedy's a sentence takes, averaged over sentences
 * @param accepted drafted tokens that a pass accepted, on average
 * @param likeGreedy outputs that are greedy's, token for token
 * @param sentences how many there were
 */
record Quality(double bleu, double chrf, double passes, double fewer, double accepted, int likeGreedy, int sentences) {

    static Quality of(
            List<GenerationResult> results,
            List<GenerationResult> greedy,
            List<String> texts,
            List<String> references) {
        long passes = 0;
        long accepted = 0;
        double ratios = 0;
        int same = 0;
        for (int i = 0; i < results.size(); i++) {
            passes += results.get(i).timing().steps();
            accepted += results.get(i).timing().accepted();
            ratios += (double) greedy.get(i).timing().steps()
                    / Math.max(1, results.get(i).timing().steps());
            same += results.get(i).tokenIds().equals(greedy.get(i).tokenIds()) ? 1 : 0;
        }
        int count = results.size();
        return new Quality(
                Bleu.of(new ArrayList<>(texts), references),
                Chrf.of(new ArrayList<>(texts), references),
                (double) passes / count,
                ratios / count,
                (double) accepted / Math.max(1, passes),
                same,
                count);
    }
}
