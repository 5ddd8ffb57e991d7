package dev.triptych.text.fake;

import dev.triptych.text.generation.ChatPrompt;
import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.OutputFormat;
import dev.triptych.text.generation.TokenAutomaton;
import dev.triptych.text.runtime.ChatEncoder;
import dev.triptych.text.runtime.EventSink;
import dev.triptych.text.runtime.ModelDescription;
import dev.triptych.text.runtime.Submission;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.runtime.TokenStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A scripted generator that reads conversations as {@code role=content;}, and wants a question first. */
record ChattingGenerator(TextGenerator generator) implements TextGenerator {

    @Override
    public Optional<ChatEncoder> chat() {
        return Optional.of(this::encode);
    }

    private ChatPrompt encode(Map<String, @Nullable Object> values) {
        StringBuilder text = new StringBuilder();
        for (Object element : (List<?>) values.get("messages")) {
            Map<?, ?> message = (Map<?, ?>) element;
            if (text.isEmpty() && "assistant".equals(message.get("role"))) {
                return new ChatPrompt.Refused("a question comes first");
            }
            text.append(message.get("role"))
                    .append('=')
                    .append(message.get("content"))
                    .append(';');
        }
        return new ChatPrompt.Encoded(generator.encode(text.toString()));
    }

    @Override
    public ModelDescription description() {
        return generator.description();
    }

    @Override
    public GenerationLimits limits() {
        return generator.limits();
    }

    @Override
    public List<Integer> encode(String text) {
        return generator.encode(text);
    }

    @Override
    public String decode(List<Integer> tokenIds) {
        return generator.decode(tokenIds);
    }

    @Override
    public TokenAutomaton constrain(OutputFormat format) {
        return generator.constrain(format);
    }

    @Override
    public TokenStream tokenStream() {
        return generator.tokenStream();
    }

    @Override
    public Submission submit(GenerationRequest request, EventSink sink) {
        return generator.submit(request, sink);
    }

    @Override
    public void cancel(String requestId) {
        generator.cancel(requestId);
    }
}
