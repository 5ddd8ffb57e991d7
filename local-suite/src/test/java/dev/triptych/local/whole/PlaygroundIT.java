package dev.triptych.local.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * A person at the playground, in a real browser against the real suite: type and see German, drop a picture and see what is
 * in it, run a batch to its end. Left out, with a message, where there is no Chromium or no built service.
 */
class PlaygroundIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int LINES = 40;

    @TempDir
    private static Path folder;

    private static @Nullable RunningSuite suite;
    private static @Nullable ChromeDriver browser;

    @BeforeAll
    static void open() throws IOException {
        Optional<Path> chromium = executable("chromium", "google-chrome");
        Optional<Path> driver = executable("chromedriver");
        assumeTrue(chromium.isPresent() && driver.isPresent(), "no chromium and chromedriver on the path");
        assumeTrue(RunningSuite.isBuilt(), "the services are not built: run the whole build");
        suite = RunningSuite.start(Files.createDirectories(folder.resolve("home")));
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.get().toFile());
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--window-size=1100,1400",
                "--user-data-dir=" + folder.resolve("profile"));
        browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(driver.get().toFile())
                        .build(),
                options);
    }

    @AfterAll
    static void close() throws InterruptedException {
        if (browser != null) {
            browser.quit();
        }
        if (suite != null) {
            suite.close();
        }
    }

    @BeforeEach
    void visit() {
        browser.get(suite.url());
    }

    @Test
    void whoTypesSeesGermanFromEachStrategy() throws IOException {
        browser.findElement(By.id("text")).sendKeys("Click the button to save the file.");
        for (String strategy : List.of("greedy", "speculative", "ctc")) {
            String card = "//div[@id='translations']//article[h3='" + strategy + "']";
            String facts = until(driver -> text(driver, card + "/p[@class='facts']", "pass"));
            assertThat(facts).contains("ms");
            assertThat(text(browser, card + "/p[@class='body']", ""))
                    .contains("Datei")
                    .doesNotContain("Click");
        }
        keep("translate");
    }

    @Test
    void whoDropsAPictureSeesWhatIsInIt() throws IOException {
        browser.findElement(By.id("picture-file")).sendKeys(flag().toString());
        assertThat(until(driver -> text(driver, finding("What is it?"), "%"))).startsWith("Brazil");
        assertThat(until(driver -> text(driver, finding("What is where?"), "%")))
                .contains("Brazil");
        assertThat(until(driver -> text(driver, finding("Which pixels?"), "%"))).startsWith("flag");
        browser.findElement(By.id("show-masks")).click();
        assertThat(browser.findElement(By.id("canvas")).getAttribute("aria-label"))
                .contains("Brazil");
        keep("picture");
    }

    @Test
    void whoSendsAFileGetsEveryLineBack() throws IOException {
        Path file = folder.resolve("manual.txt");
        Files.write(
                file,
                IntStream.range(0, LINES)
                        .mapToObj(n -> "This is page " + n + ".")
                        .toList());
        browser.findElement(By.id("batch-file")).sendKeys(file.toString());
        browser.findElement(By.cssSelector("#batch-form button[type=submit]")).click();
        String end = until(driver -> text(driver, "//*[@id='batch-status']", "translated"));
        assertThat(end).isEqualTo("completed: " + LINES + " of " + LINES + " translated");
        String[] lines = browser.findElement(By.id("batch-output")).getText().split("\n");
        assertThat(lines[7]).contains("7").contains("Seite");
        keep("batch");
    }

    private static String finding(String title) {
        return "//div[@id='findings']//article[h3='" + title + "']/p[@class='body']";
    }

    private static Path flag() {
        return RunningSuite.repository().resolve("models/triptych-flags/samples/brazil.png");
    }

    /** The element's text once it contains {@code part}; null until then. */
    private static @Nullable String text(WebDriver driver, String xpath, String part) {
        return driver.findElements(By.xpath(xpath)).stream()
                .map(element -> element.getText())
                .filter(text -> text.contains(part))
                .findFirst()
                .orElse(null);
    }

    private static String until(Function<WebDriver, @Nullable String> condition) {
        return new WebDriverWait(browser, PATIENCE).until(condition);
    }

    /** A screenshot under {@code target/}, for a person who wants to see what the test saw. */
    private static void keep(String name) throws IOException {
        Path pictures = Files.createDirectories(Path.of("target/playground"));
        Files.write(pictures.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
    }

    private static Optional<Path> executable(String... names) {
        return Stream.of(System.getenv("PATH").split(":"))
                .flatMap(folder -> Stream.of(names).map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
