package dev.triptych.gateway.access;

import java.util.Set;
import org.springframework.web.server.ServerWebExchange;

/**
 * Who sent a request.
 *
 * @param id     of the key or of the token's subject; empty while the gateway is open to everybody
 * @param limits of this caller alone
 */
public record Caller(String id, Set<Scope> scopes, KeyLimits limits) {

    /** The request's attribute that holds its caller. */
    public static final String ATTRIBUTE = "triptych.caller";

    /** Whoever comes to a gateway without keys. */
    public static final Caller ANYBODY = new Caller("", Scope.ALL, KeyLimits.NONE);

    /** Somebody without a key, at a path that needs none. */
    static final Caller STRANGER = new Caller("", Set.of(), KeyLimits.NONE);

    public Caller {
        scopes = Set.copyOf(scopes);
    }

    /** The caller that the filter found; {@link #STRANGER} where it has not been there. */
    public static Caller of(ServerWebExchange exchange) {
        return exchange.getAttributeOrDefault(ATTRIBUTE, STRANGER);
    }

    public boolean has(Scope scope) {
        return scopes.contains(scope);
    }

    /** Whether there is a key or token behind it. */
    public boolean known() {
        return !id.isEmpty();
    }
}
