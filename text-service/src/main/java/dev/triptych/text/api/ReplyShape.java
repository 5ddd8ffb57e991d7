package dev.triptych.text.api;

/** How an endpoint writes what was generated. One request's; one thread at a time. */
interface ReplyShape {

    /** The text completion itself. */
    ReplyShape COMPLETION = new ReplyShape() {
        @Override
        public Object whole(CompletionReply reply) {
            return reply;
        }

        @Override
        public Object chunk(CompletionReply reply) {
            return reply;
        }
    };

    /** The whole answer. */
    Object whole(CompletionReply reply);

    /** One piece of a stream. */
    Object chunk(CompletionReply reply);

    /** Whether streams end in {@code [DONE]}. */
    default boolean saysDone() {
        return true;
    }
}
