package dev.triptych.gateway;

import java.security.Security;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the public door of the suite. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class GatewayApplication {

    /** A replica that is gone should not be found for half a minute, which is what the JDK keeps addresses for. */
    private static final String ADDRESSES_KEPT_SECONDS = "2";

    public static void main(String[] args) {
        Security.setProperty("networkaddress.cache.ttl", ADDRESSES_KEPT_SECONDS);
        Security.setProperty("networkaddress.cache.negative.ttl", ADDRESSES_KEPT_SECONDS);
        SpringApplication.run(GatewayApplication.class, args);
    }
}
