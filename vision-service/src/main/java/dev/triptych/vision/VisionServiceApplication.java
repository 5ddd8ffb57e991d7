package dev.triptych.vision;

import dev.triptych.shutdown.OrderlyExit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts vision-service. Component scanning finds {@code config}, which wires the rest. */
@SpringBootApplication(scanBasePackages = "dev.triptych.vision.config")
public class VisionServiceApplication {

    public static void main(String[] args) {
        // Pictures are decoded, never shown.
        System.setProperty("java.awt.headless", "true");
        SpringApplication application = new SpringApplication(VisionServiceApplication.class);
        // Not as a shutdown hook: see OrderlyExit.
        application.setRegisterShutdownHook(false);
        ConfigurableApplicationContext context = application.run(args);
        OrderlyExit.afterSignals(context::close);
    }
}
