package dev.triptych.text.config;

import dev.triptych.engine.ModelSession;
import dev.triptych.text.decoding.constraint.OutputConstraints;
import dev.triptych.text.executor.CrossAttentionExecutor;
import dev.triptych.text.model.CausalModel;
import dev.triptych.text.model.ChatTemplate;
import dev.triptych.text.model.Seq2SeqModel;
import dev.triptych.text.runtime.ChatEncoder;
import dev.triptych.text.runtime.LoopTextGenerator.Abilities;
import dev.triptych.text.runtime.PairTurns;
import dev.triptych.text.tokenizer.Tokenizer;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What models can do beyond generating. */
final class SpecialAbilities {

    private SpecialAbilities() {}

    static Abilities of(CausalModel model) {
        OutputConstraints constraints = new OutputConstraints(
                model.tokenizer().tokens().spellings(), model.rules().eosTokenIds());
        return new Abilities(
                model.chat().map(template -> encoder(template, model.tokenizer())),
                Optional.of(constraints),
                Optional.empty());
    }

    private static ChatEncoder encoder(ChatTemplate template, Tokenizer tokenizer) {
        return (Map<String, @Nullable Object> values) -> template.encode(tokenizer, values);
    }

    /** @param attention closed with what is held */
    static Abilities of(Seq2SeqModel model, Optional<ModelSession> attention, HeldModel held) {
        Optional<PairTurns> turns = attention.map(session -> new PairTurns(new CrossAttentionExecutor(
                session, model.shape().decoderLayers(), model.rules().decoderStartTokenId())));
        turns.ifPresent(held::add);
        return new Abilities(Optional.empty(), Optional.empty(), turns);
    }
}
