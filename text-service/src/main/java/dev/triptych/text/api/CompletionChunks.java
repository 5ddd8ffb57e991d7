package dev.triptych.text.api;

import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.runtime.TokenStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns the events of one prompt into the choices of its chunks. One stream's; one thread at a time. */
final class CompletionChunks {

    private final int index;
    private final boolean withTokenIds;
    private final TokenStream stream;
    private final List<Integer> unsent = new ArrayList<>();

    CompletionChunks(int index, boolean withTokenIds, TokenStream stream) {
        this.index = index;
        this.withTokenIds = withTokenIds;
        this.stream = stream;
    }

    /** None while a character is incomplete; its ids then go with the next. */
    List<CompletionReply.Choice> of(GenerationEvent event) {
        return switch (event) {
            case GenerationEvent.TokenGenerated token -> {
                unsent.add(token.tokenId());
                String delta = stream.add(token.tokenId());
                yield delta.isEmpty() ? List.of() : List.of(choice(delta, null));
            }
            case GenerationEvent.Finished finished -> {
                GenerationResult result = Generations.completed(finished.result());
                yield List.of(choice(stream.end(), name(result.reason())));
            }
        };
    }

    static String name(FinishReason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    private CompletionReply.Choice choice(String text, @Nullable String finishReason) {
        List<Integer> ids = withTokenIds ? List.copyOf(unsent) : null;
        unsent.clear();
        return new CompletionReply.Choice(text, index, null, finishReason, ids);
    }
}
