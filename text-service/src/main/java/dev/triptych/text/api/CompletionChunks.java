package dev.triptych.text.api;

import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GeneratedSequence;
import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.PromptToken;
import dev.triptych.text.runtime.TextGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns the events of one prompt into the choices of its chunks. One stream's; one thread at a time. */
final class CompletionChunks {

    private final int firstIndex;
    private final boolean withTokenIds;
    private final String echo;
    private final GenerationRequest request;
    private final List<ChoiceText> texts = new ArrayList<>();

    /**
     * @param firstIndex of the prompt's choices, which follow each other
     * @param echo the prompt's text, which comes before the output; empty where it does not
     */
    CompletionChunks(
            int firstIndex, boolean withTokenIds, TextGenerator generator, GenerationRequest request, String echo) {
        this.firstIndex = firstIndex;
        this.withTokenIds = withTokenIds;
        this.echo = echo;
        this.request = request;
        GenerationParameters parameters = request.parameters();
        for (int i = 0; i < parameters.strategy().outputs(); i++) {
            texts.add(new ChoiceText(generator, parameters));
        }
    }

    /** None while a character is incomplete or may begin a stop text; its ids then go with the next. */
    List<CompletionReply.Choice> of(GenerationEvent event) {
        return switch (event) {
            case GenerationEvent.TokenGenerated token -> {
                String delta = texts.get(token.sequence()).add(token.tokenId(), token.logProb(), token.topLogProbs());
                yield delta.isEmpty() ? List.of() : List.of(choice(token.sequence(), delta, null));
            }
            case GenerationEvent.Refined ignored -> List.of();
            case GenerationEvent.PromptScored scored -> {
                take(scored.tokens());
                yield echoed();
            }
            case GenerationEvent.Finished finished -> {
                List<GeneratedSequence> sequences =
                        Generations.completed(finished.result()).sequences();
                List<CompletionReply.Choice> last = new ArrayList<>(sequences.size());
                for (int i = 0; i < sequences.size(); i++) {
                    String rest = unheard(sequences.get(i), texts.get(i))
                            + texts.get(i).end();
                    last.add(choice(i, rest, name(sequences.get(i).reason())));
                }
                yield last;
            }
        };
    }

    /** The first chunk of every choice where the prompt's text comes before it; its scores are waited for. */
    List<CompletionReply.Choice> first() {
        return echo.isEmpty() || request.parameters().promptLogProbs() ? List.of() : echoed();
    }

    private List<CompletionReply.Choice> echoed() {
        List<CompletionReply.Choice> echoes = new ArrayList<>(texts.size());
        for (int i = 0; i < texts.size(); i++) {
            echoes.add(choice(i, echo, null));
        }
        return echoes;
    }

    private void take(List<PromptToken> scored) {
        texts.forEach(text -> text.prompt(echo, request.promptIds().getFirst(), scored));
    }

    /** All choices of a whole answer. */
    List<CompletionReply.Choice> whole(GenerationResult result) {
        if (request.parameters().promptLogProbs()) {
            take(result.prompt());
        }
        return of(new GenerationEvent.Finished(result)).stream()
                .map(choice -> choice.after(echo))
                .toList();
    }

    static String name(FinishReason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    /** What settled with the end only, such as all but the best of several beams. */
    private static String unheard(GeneratedSequence sequence, ChoiceText text) {
        StringBuilder rest = new StringBuilder();
        for (int i = text.tokens(); i < sequence.tokenIds().size(); i++) {
            rest.append(text.add(
                    sequence.tokenIds().get(i),
                    sequence.logProbs().isEmpty() ? 0 : sequence.logProbs().get(i),
                    sequence.topLogProbs().isEmpty()
                            ? List.of()
                            : sequence.topLogProbs().get(i)));
        }
        return rest.toString();
    }

    private CompletionReply.Choice choice(int sequence, String text, @Nullable String finishReason) {
        ChoiceText source = texts.get(sequence);
        List<Integer> ids = source.takeIds();
        return new CompletionReply.Choice(
                text, firstIndex + sequence, source.takeLogprobs(), finishReason, withTokenIds ? ids : null);
    }
}
