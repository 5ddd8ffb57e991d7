package dev.triptych.gateway.limits;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpObject;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a connection off whose request's headers do not come to their end in time, however steadily they trickle: the
 * server's own time limits begin behind the headers. One for each connection, on its event loop.
 */
public final class HeaderDeadline {

    private final Duration limit;
    private boolean sawMessage;
    private @Nullable Future<?> deadline;

    private HeaderDeadline(Duration limit) {
        this.limit = limit;
    }

    /** @param codec name of the handler that makes messages of bytes */
    public static void install(Channel channel, String codec, Duration limit) {
        HeaderDeadline watch = new HeaderDeadline(limit);
        channel.pipeline().addBefore(codec, "triptych.headerBytes", watch.new Bytes());
        channel.pipeline().addAfter(codec, "triptych.headerEnd", watch.new Messages());
    }

    private final class Bytes extends ChannelInboundHandlerAdapter {

        /** Bytes that complete no message, neither headers nor a piece of a body, are the beginning of headers. */
        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            sawMessage = false;
            context.fireChannelRead(bytes);
            if (!sawMessage && deadline == null && context.channel().isActive()) {
                deadline = context.executor().schedule(() -> context.close(), limit.toMillis(), TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            met();
            context.fireChannelInactive();
        }
    }

    private final class Messages extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpObject) {
                sawMessage = true;
                met();
            }
            context.fireChannelRead(message);
        }
    }

    private void met() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }
}
