package dev.triptych.text.config;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may change what is served.
 *
 * @param adminKey lets those in who load and unload models; empty: nobody
 */
@ConfigurationProperties("triptych")
public record AdminProperties(@DefaultValue("") String adminKey) {

    /** A log must not have the key. */
    @Override
    public String toString() {
        return "AdminProperties[]";
    }
}
