package dev.triptych.gateway.limits;

import dev.triptych.gateway.access.AuditLog;
import dev.triptych.gateway.access.Caller;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Takes note of how many tokens an answer took, and draws them from its key's limit. The service says it in a header, or
 * at the end of a stream in a comment, of which only the last bytes are looked at; nothing is parsed on the way. Of a
 * stream that is broken off the events count that were sent.
 */
public final class TokenMeter implements GatewayFilter {

    /** Asks the service to say it. */
    static final String ASK = "X-Triptych-Usage";

    static final String HEADER = "X-Triptych-Tokens";

    private static final Logger LOG = LoggerFactory.getLogger(TokenMeter.class);

    private static final Pattern COMMENT = Pattern.compile("^: ?tokens (\\d{1,18})$", Pattern.MULTILINE);
    private static final int TAIL_BYTES = 96;

    private final Quotas quotas;

    public TokenMeter(Quotas quotas) {
        this.quotas = quotas;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        if (!Caller.of(exchange).known()) {
            return chain.filter(exchange);
        }
        return chain.filter(exchange.mutate()
                .request(exchange.getRequest().mutate().header(ASK, "true").build())
                .response(new Metered(exchange))
                .build());
    }

    private final class Metered extends ServerHttpResponseDecorator {

        private final ServerWebExchange exchange;
        private final AtomicBoolean noted = new AtomicBoolean();
        private String tail = "";
        private long events;

        Metered(ServerWebExchange exchange) {
            super(exchange.getResponse());
            this.exchange = exchange;
            exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(this::noteHeader));
        }

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            return super.writeAndFlushWith(Flux.<Publisher<? extends DataBuffer>>from(body)
                    .map(piece -> Flux.from(piece).doOnNext(this::look))
                    .doOnNext(piece -> events++)
                    .doOnComplete(() -> note(lastComment()))
                    .doOnError(error -> note(events))
                    .doOnCancel(() -> note(events)));
        }

        private void noteHeader() {
            String tokens = getHeaders().getFirst(HEADER);
            getHeaders().remove(HEADER);
            if (tokens != null && tokens.matches("\\d{1,18}")) {
                note(Long.parseLong(tokens));
            }
        }

        /** Keeps the last bytes; the buffer's own position stays where it is. */
        private void look(DataBuffer buffer) {
            int length = Math.min(TAIL_BYTES, buffer.readableByteCount());
            String end = buffer.toString(
                    buffer.readPosition() + buffer.readableByteCount() - length, length, StandardCharsets.ISO_8859_1);
            String joined = tail + end;
            tail = joined.substring(Math.max(0, joined.length() - TAIL_BYTES));
        }

        private @Nullable Long lastComment() {
            Matcher matcher = COMMENT.matcher(tail);
            return matcher.find() ? Long.valueOf(matcher.group(1)) : null;
        }

        private void note(@Nullable Long tokens) {
            if (tokens == null || !noted.compareAndSet(false, true)) {
                return;
            }
            AuditLog.tokens(exchange, tokens);
            quotas.settle(Caller.of(exchange), tokens)
                    .subscribe(
                            done -> {},
                            error -> LOG.warn("{} tokens were not drawn from a limit: {}", tokens, error.toString()));
        }
    }
}
