package dev.triptych.text.api;

import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.OutputFormat;
import dev.triptych.text.generation.ParameterException;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.translation.WellFormedText;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What the further fields of a completion ask for.
 *
 * @param parameters how to generate; its bound is the model's where the client named none
 * @param echo whether the prompt's text comes before the output
 * @param format the form that the output must have
 */
record CompletionFields(GenerationParameters parameters, boolean echo, Optional<OutputFormat> format) {

    /** @throws TriptychException.Rejected on the first field that is unknown or out of its bounds */
    static CompletionFields read(CompletionBody body, GenerationLimits model) {
        FieldReader fields = new FieldReader(body.others(), "");
        for (String name : body.others().keySet()) {
            if (!DecodingFields.NAMES.contains(name)
                    && !OutputFields.NAMES.contains(name)
                    && !List.of("stop", "echo", "suffix").contains(name)) {
                throw new TriptychException.Rejected(ErrorCode.INVALID_REQUEST, name, "unknown field " + name);
            }
        }
        if (body.streamOptions() != null && !body.streams()) {
            throw FieldRules.invalid("stream_options", "stream_options needs stream: true");
        }
        if (fields.node("suffix").isPresent()) {
            throw fields.invalid("suffix", "is not supported; leave it out");
        }
        CompletionFields read = new CompletionFields(
                parameters(body, fields, model), fields.flag("echo"), new OutputFields(body.others()).read());
        read.checkTogether(body.streams());
        if (!read.echo || read.parameters.topLogProbs().isEmpty()) {
            return read;
        }
        if (!model.continuesPrompts()) {
            throw FieldRules.invalid(
                    "logprobs",
                    "logprobs must be absent with echo for this model, whose encoder reads the prompt: its tokens have no "
                            + "log-probs");
        }
        return new CompletionFields(read.parameters.withPromptLogProbs(), true, read.format);
    }

    /**
     * The parameters with the form compiled for the model.
     *
     * @throws TriptychException.Rejected if the form cannot be held to
     */
    GenerationParameters constrained(TextGenerator generator) {
        if (format.isEmpty()) {
            return parameters;
        }
        try {
            return parameters.within(generator.constrain(format.get()));
        } catch (ParameterException e) {
            throw FieldRules.invalid(e.parameter(), String.valueOf(e.getMessage()));
        }
    }

    private static GenerationParameters parameters(CompletionBody body, FieldReader fields, GenerationLimits model) {
        int bound = model.maxNewTokens();
        int maxTokens = body.maxTokens() == null ? bound : body.maxTokens();
        if (maxTokens < 1 || maxTokens > bound) {
            throw FieldRules.invalid("max_tokens", "max_tokens must be from 1 to " + bound + ", got " + maxTokens);
        }
        DecodingFields decoding = new DecodingFields(body.others(), "", model);
        try {
            return new GenerationParameters(
                    decoding.strategy(body.strategy()),
                    maxTokens,
                    decoding.rules(),
                    fields.node("stop").map(stop -> stop(stop, fields)).orElse(List.of()),
                    decoding.topLogProbs());
        } catch (ParameterException e) {
            throw FieldRules.invalid(e.parameter(), String.valueOf(e.getMessage()));
        }
    }

    private void checkTogether(boolean streams) {
        if (format.isPresent() && parameters.strategy().parallel()) {
            throw FieldRules.invalid(
                    format.get().field(),
                    format.get().field() + " must be absent with strategy "
                            + parameters.strategy().name());
        }
        if (streams && parameters.strategy() instanceof Strategy.Sample sample && sample.bestOf() > sample.n()) {
            throw FieldRules.invalid(
                    "best_of",
                    "best_of must be n with stream: the best are known at the end only, got " + sample.bestOf());
        }
    }

    private static List<String> stop(JsonNode node, FieldReader fields) {
        if (node.isString()) {
            return List.of(WellFormedText.require(node.stringValue(), "stop"));
        }
        fields.requireArray(node, "stop", GenerationParameters.MAX_STOPS);
        List<String> stops = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            String place = "stop[" + i + "]";
            if (!node.get(i).isString()) {
                throw fields.invalid(place, "must be a string, got " + FieldReader.shortened(node.get(i)));
            }
            stops.add(WellFormedText.require(node.get(i).stringValue(), place));
        }
        return stops;
    }
}
