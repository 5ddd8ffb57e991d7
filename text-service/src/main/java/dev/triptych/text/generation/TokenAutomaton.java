package dev.triptych.text.generation;

/**
 * A language of outputs as one model's tokens spell it. From every state that {@link #next} gives there is a way to the
 * end of an output. Its masks are made when they are first asked for, by the thread that decodes.
 */
public interface TokenAutomaton {

    /** What {@link #next} gives where no output goes on like that. */
    int DEAD = -1;

    /** The state before the first token. */
    int start();

    /**
     * The state behind one more token; {@link #DEAD} where no output goes on with it.
     *
     * @param state one that goes on
     */
    int next(int state, int tokenId);

    /**
     * The tokens that may come next, the end of sequence included where an output may end: a bit for each token, {@code
     * [ceil(vocabSize / 64)]}, token {@code t} at {@code [t / 64] >> t % 64}. Never empty; not to be changed. Tokens
     * beyond its end may not come.
     */
    long[] allowed(int state);
}
