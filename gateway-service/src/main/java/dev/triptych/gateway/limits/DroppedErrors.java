package dev.triptych.gateway.limits;

import io.netty.channel.ChannelException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Hooks;
import reactor.netty.channel.AbortedException;

/**
 * What happens to errors that come after somebody has been told of an error already. Those of a client's connection are
 * no news: each body that did not come in time would be two lines of the log, for everybody who sends slowly.
 */
public final class DroppedErrors {

    private static final Logger LOG = LoggerFactory.getLogger(DroppedErrors.class);

    private DroppedErrors() {}

    /** Holds for the whole process. */
    public static void quietenClients() {
        Hooks.resetOnErrorDropped();
        Hooks.onErrorDropped(error -> {
            if (error instanceof ChannelException || error instanceof AbortedException) {
                LOG.debug("dropped: {}", error.toString());
            } else {
                LOG.error("an error came too late to be answered", error);
            }
        });
    }
}
