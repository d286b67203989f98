import com.segment.analytics.Analytics;
import com.segment.analytics.Callback;
import com.segment.analytics.messages.Message;
import com.segment.analytics.messages.TrackMessage;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Sends track events by the Java SDK: Send host key many. */
public final class Send {
  public static void main(String[] args) throws InterruptedException {
    int many = Integer.parseInt(args[2]);
    CountDownLatch delivered = new CountDownLatch(many);
    Callback callback =
        new Callback() {
          @Override
          public void success(Message message) {
            delivered.countDown();
          }

          @Override
          public void failure(Message message, Throwable fault) {
            System.err.println(fault);
          }
        };
    Analytics analytics = Analytics.builder(args[1]).endpoint(args[0]).callback(callback).build();
    for (int n = 0; n < many; n += 1) {
      analytics.enqueue(
          TrackMessage.builder("Order Completed").userId("person-" + n % 10).properties(Map.of("n", n)));
    }
    analytics.flush();
    boolean all = delivered.await(30, TimeUnit.SECONDS);
    analytics.shutdown();
    System.exit(all ? 0 : 1);
  }
}
