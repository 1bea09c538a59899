package dev.checkpointer.internal.trigger;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;

/** Asks a URL again and again until it answers with status 200. Leaves no connection and no thread behind. */
final class HttpTrigger implements Trigger {
    private static final int PAUSE_MILLIS = 100;
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int MOST_BYTES = 65_536;

    private final URL url;

    HttpTrigger(URL url) {
        this.url = url;
    }

    @Override
    public boolean await() throws InterruptedException {
        while (!answers()) {
            Thread.sleep(PAUSE_MILLIS);
        }
        return true;
    }

    private boolean answers() {
        try {
            var connection = (HttpURLConnection) url.openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            connection.setUseCaches(false);
            connection.setInstanceFollowRedirects(false); // a page for logging in says 200, too
            connection.setRequestProperty("Connection", "close"); // or the JDK keeps it, and a thread for it
            try {
                boolean answers = connection.getResponseCode() == HttpURLConnection.HTTP_OK;
                if (answers) {
                    try (var body = connection.getInputStream()) {
                        body.readNBytes(MOST_BYTES); // a server may complain when nobody listens
                    }
                }
                return answers;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false; // nobody there yet
        }
    }
}
