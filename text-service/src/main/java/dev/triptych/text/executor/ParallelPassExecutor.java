package dev.triptych.text.executor;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.text.kvcache.SourceStates;
import dev.triptych.text.step.PassExecutor;
import dev.triptych.text.step.StepOutcome;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepResult;
import dev.triptych.text.step.StepResult.BestTokens;
import dev.triptych.text.step.StepRow;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Runs passes on the graphs of non-autoregressive decoders, which read the states of the model's own encoder. Owned by
 * one engine loop, on its thread.
 */
public final class ParallelPassExecutor implements PassExecutor {

    private static final Tensor NO_LOGITS = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(0));

    private final StateEncoder encoder;
    private final Optional<StateEncoder> drafterEncoder;
    private final Optional<CtcDrafter> drafter;
    private final Optional<LengthPredictor> predictor;
    private final Optional<MaskFiller> filler;
    private final Optional<OutputScorer> scorer;
    private final int hiddenSize;
    private final LongSupplier nanoTime;

    public ParallelPassExecutor(ParallelGraphs graphs, LongSupplier nanoTime) {
        this.encoder = new StateEncoder(graphs.encoder(), graphs.hiddenSize(), graphs.padTokenId());
        this.drafterEncoder =
                graphs.ctc().map(ctc -> new StateEncoder(ctc.encoder(), graphs.hiddenSize(), graphs.padTokenId()));
        this.drafter = graphs.ctc().map(ctc -> new CtcDrafter(ctc.decoder(), ctc.upsampling(), graphs.vocabSize()));
        this.predictor = graphs.maskPredict().map(decoder -> new LengthPredictor(decoder.length()));
        this.filler = graphs.maskPredict()
                .map(decoder -> new MaskFiller(
                        decoder.decoder(), graphs.hiddenSize(), graphs.vocabSize(), graphs.padTokenId()));
        this.scorer = graphs.scorer().map(graph -> new OutputScorer(graph, graphs));
        this.hiddenSize = graphs.hiddenSize();
        this.nanoTime = nanoTime;
    }

    @Override
    public StepOutcome execute(StepPlan.Pass pass, SourceStates kept) {
        try {
            return new StepOutcome.Completed(
                    switch (pass) {
                        case StepPlan.Draft draft -> draft(draft.rows(), kept);
                        case StepPlan.Measure measure -> measure(measure.rows(), kept);
                        case StepPlan.Refine refine -> refine(refine.rows(), kept);
                        case StepPlan.Score score -> score(score.rows(), kept);
                    });
        } catch (RuntimeException e) {
            return new StepOutcome.Failed(e);
        }
    }

    private StepResult draft(List<StepRow.Draft> rows, SourceStates kept) {
        long began = nanoTime.getAsLong();
        Optional<CrossStates> cross = scorer.filter(graph -> rows.stream().anyMatch(StepRow.Draft::kept))
                .map(OutputScorer::cross);
        StateEncoder.States states = drafterEncoder
                .orElseThrow()
                .encode(rows.stream().map(StepRow.Draft::promptIds).toList(), cross);
        cross.ifPresent(parts -> keep(rows, states, parts, kept));
        long encoded = nanoTime.getAsLong();
        CtcDrafter.Frames frames = drafter.orElseThrow()
                .draft(states.hidden(), states.mask(), rows.stream().anyMatch(StepRow.Draft::logits));
        return new StepResult(
                frames.logits(),
                Optional.of(new BestTokens(frames.ids(), frames.logProbs())),
                rows.stream().mapToInt(row -> row.promptIds().size()).sum(),
                Math.toIntExact(states.mask().shape().elementCount()),
                encoded - began,
                nanoTime.getAsLong() - encoded);
    }

    private void keep(List<StepRow.Draft> rows, StateEncoder.States states, CrossStates cross, SourceStates kept) {
        int width = Math.toIntExact(states.mask().shape().dim(1));
        for (int row = 0; row < rows.size(); row++) {
            if (rows.get(row).kept()) {
                int length = rows.get(row).promptIds().size();
                Tensor own = kept.keep(rows.get(row).sequence(), length);
                own.copyFrom(states.hidden(), (long) row * width * hiddenSize, 0, (long) length * hiddenSize);
                cross.keep(row, rows.size(), width, own);
            }
        }
    }

    private StepResult measure(List<StepRow.Measure> rows, SourceStates kept) {
        long began = nanoTime.getAsLong();
        StateEncoder.States states =
                encoder.encode(rows.stream().map(StepRow.Measure::promptIds).toList());
        long width = states.mask().shape().dim(1);
        for (int row = 0; row < rows.size(); row++) {
            int length = rows.get(row).promptIds().size();
            kept.keep(rows.get(row).sequence(), length)
                    .copyFrom(states.hidden(), row * width * hiddenSize, 0, (long) length * hiddenSize);
        }
        Tensor lengths = predictor.orElseThrow().predict(states.hidden(), states.mask());
        return new StepResult(
                lengths,
                Optional.empty(),
                rows.stream().mapToInt(row -> row.promptIds().size()).sum(),
                Math.toIntExact(states.mask().shape().elementCount()),
                nanoTime.getAsLong() - began,
                0);
    }

    private StepResult refine(List<StepRow.Refine> rows, SourceStates kept) {
        long began = nanoTime.getAsLong();
        MaskFiller.Places places = filler.orElseThrow().fill(rows, kept);
        return new StepResult(places.logits(), Optional.of(places.best()), 0, 0, 0, nanoTime.getAsLong() - began);
    }

    private StepResult score(List<StepRow.Score> rows, SourceStates kept) {
        long began = nanoTime.getAsLong();
        BestTokens scored = scorer.orElseThrow().score(rows, kept);
        Shape shape = scored.ids().shape();
        return new StepResult(
                NO_LOGITS.reshaped(shape.dim(0), shape.dim(1), 0),
                Optional.of(scored),
                0,
                0,
                0,
                nanoTime.getAsLong() - began);
    }
}
