package dev.triptych.gateway.config;

import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.nio.file.Path;

/**
 * Where the job store is, as each of the two drivers wants to hear it.
 *
 * @param jdbcUrl for the migrations
 * @param options for everything else
 */
record StoreAddress(String jdbcUrl, String username, String password, ConnectionFactoryOptions options) {

    private static final String POSTGRESQL = "postgresql://";

    /**
     * What is committed survives a killed process: H2 otherwise writes it a moment later. The store is closed by us, in
     * order; statements of several connections wait for each other's rows.
     */
    private static final String H2_SETTINGS =
            ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;DB_CLOSE_DELAY=0;LOCK_TIMEOUT=10000";

    private static final String H2_USER = "sa";

    static StoreAddress of(JobsProperties.Store store) {
        if (store.url().isBlank()) {
            return embedded(Path.of(store.folder()).toAbsolutePath().resolve("store"));
        }
        if (!store.url().startsWith(POSTGRESQL)) {
            throw new IllegalArgumentException(
                    "triptych.jobs.store.url must begin with " + POSTGRESQL + " or be blank, got " + store.url());
        }
        ConnectionFactoryOptions options = ConnectionFactoryOptions.parse("r2dbc:" + store.url())
                .mutate()
                .option(ConnectionFactoryOptions.USER, store.username())
                .option(ConnectionFactoryOptions.PASSWORD, store.password())
                .build();
        return new StoreAddress("jdbc:" + store.url(), store.username(), store.password(), options);
    }

    private static StoreAddress embedded(Path file) {
        String url = "file:" + file + H2_SETTINGS;
        ConnectionFactoryOptions options = ConnectionFactoryOptions.builder()
                .option(ConnectionFactoryOptions.DRIVER, "h2")
                .option(Option.<String>valueOf("url"), url)
                .option(ConnectionFactoryOptions.USER, H2_USER)
                .option(ConnectionFactoryOptions.PASSWORD, "")
                .build();
        return new StoreAddress("jdbc:h2:" + url, H2_USER, "", options);
    }
}
