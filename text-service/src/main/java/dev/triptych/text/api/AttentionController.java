package dev.triptych.text.api;

import dev.triptych.text.generation.AttentionOutcome;
import dev.triptych.text.generation.AttentionOutcome.Weights;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.runtime.TextModels;
import dev.triptych.text.translation.ModelLookup;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.JsonNode;

/** {@code POST /v1/attention}: which source tokens a translation model looks at for each token of a given target. */
@RestController
class AttentionController {

    /** The most weights in an answer. */
    private static final long MAX_WEIGHTS = 1_000_000;

    private final TextModels models;
    private final ApiLimits limits;
    private final Scheduler workers;

    AttentionController(TextModels models, ApiLimits limits, Scheduler workers) {
        this.models = models;
        this.limits = limits;
        this.workers = workers;
    }

    @PostMapping(path = "/v1/attention", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<AttentionReply> attend(@RequestBody AttentionBody body) {
        TextGenerator generator = ModelLookup.ready(models, FieldRules.required(body.model(), "model"));
        if (body.source() != null && body.input() != null) {
            throw FieldRules.invalid("input", "input must be absent with source, which is the same");
        }
        String sourceField = body.input() == null ? "source" : "input";
        Prompt source = single(body.input() == null ? body.source() : body.input(), sourceField, generator);
        Prompt target = single(body.target(), "target", generator);
        return Mono.fromCallable(() -> {
                    List<Integer> sourceIds = ids(source, sourceField, generator);
                    List<Integer> targetIds = ids(target, "target", generator);
                    return reply(generator, body, sourceIds, targetIds);
                })
                .subscribeOn(workers);
    }

    private Prompt single(@Nullable JsonNode text, String field, TextGenerator generator) {
        List<Prompt> prompts = Prompt.read(text, field, limits, generator.limits());
        if (prompts.size() != 1) {
            throw FieldRules.invalid(field, field + " must be a string or a list of token ids");
        }
        return prompts.getFirst();
    }

    private static List<Integer> ids(Prompt prompt, String field, TextGenerator generator) {
        List<Integer> ids = switch (prompt) {
            case Prompt.Text text -> generator.encode(text.text());
            case Prompt.Ids given -> given.ids();
        };
        Prompt.checkLength(ids.size(), field, generator.limits());
        if (field.equals("target") && ids.size() > generator.limits().maxNewTokens()) {
            throw FieldRules.invalid(
                    field, field + " may have " + generator.limits().maxNewTokens() + " tokens, got " + ids.size());
        }
        return ids;
    }

    private static AttentionReply reply(
            TextGenerator generator, AttentionBody body, List<Integer> source, List<Integer> target) {
        Weights weights = switch (generator.attend(source, target)) {
            case Weights found -> found;
            case AttentionOutcome.Hidden ignored ->
                throw FieldRules.invalid(
                        "model",
                        "model \"" + generator.description().id()
                                + "\" has no graph that shows its attention; python -m foundry attention"
                                + " --model FOLDER writes onnx/attention_model.onnx for a translation model");
            case AttentionOutcome.Busy busy ->
                throw new TriptychException.Overloaded(
                        ErrorCode.OVERLOADED,
                        busy.retryAfter(),
                        "others are looking at the model's attention, or it is being unloaded");
        };
        List<Integer> layers = chosen(body.layers(), weights.layers(), "layers");
        List<Integer> heads = chosen(body.heads(), weights.heads(), "heads");
        long count = (long) layers.size() * heads.size() * source.size() * target.size();
        if (count > MAX_WEIGHTS) {
            throw FieldRules.invalid(
                    "layers",
                    "layers, heads, target and source may come to " + MAX_WEIGHTS + " weights together, got " + count);
        }
        float[][][][] attention = new float[layers.size()][heads.size()][target.size()][source.size()];
        for (int l = 0; l < layers.size(); l++) {
            for (int h = 0; h < heads.size(); h++) {
                for (int t = 0; t < target.size(); t++) {
                    for (int s = 0; s < source.size(); s++) {
                        attention[l][h][t][s] = weights.at(layers.get(l), heads.get(h), t, s);
                    }
                }
            }
        }
        return new AttentionReply(
                generator.description().id(),
                texts(generator, source),
                texts(generator, target),
                layers,
                heads,
                attention);
    }

    private static List<String> texts(TextGenerator generator, List<Integer> ids) {
        return ids.stream().map(generator::tokenName).toList();
    }

    /** Those that are asked for, of so many. */
    private static List<Integer> chosen(@Nullable List<Integer> asked, int count, String field) {
        if (asked == null) {
            return IntStream.range(0, count).boxed().toList();
        }
        if (asked.isEmpty() || asked.size() > count) {
            throw FieldRules.invalid(field, field + " must have 1 to " + count + " elements, got " + asked.size());
        }
        for (int i = 0; i < asked.size(); i++) {
            Integer one = asked.get(i);
            if (one == null || one < 0 || one >= count) {
                throw FieldRules.invalid(
                        field + "[" + i + "]", field + "[" + i + "] must be from 0 to " + (count - 1) + ", got " + one);
            }
        }
        return List.copyOf(asked);
    }
}
