package dev.onbehalf.sample;

import dev.onbehalf.spring.OnBehalf;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** What every sample answers: the user on the first line, then the names that they may read. */
@RestController
class ItemsController {
  private final Items items;
  private final OnBehalf onBehalf;
  private final TransactionTemplate transaction;
  private final TransactionTemplate anotherTransaction;
  private final TransactionTemplate readOnly;

  ItemsController(Items items, OnBehalf onBehalf, PlatformTransactionManager transactions) {
    this.items = items;
    this.onBehalf = onBehalf;
    transaction = new TransactionTemplate(transactions);
    anotherTransaction = new TransactionTemplate(transactions);
    anotherTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    readOnly = new TransactionTemplate(transactions);
    readOnly.setReadOnly(true);
  }

  /** The user is asked for twice, with and without a transaction around it. */
  @GetMapping("/items")
  String items() {
    String user = items.user();
    return transaction.execute(
        status -> user + "\n" + items.user() + "\n" + String.join("\n", items.names()));
  }

  @GetMapping("/all-items")
  String allItems() {
    return onBehalf.asServicePrincipal(() -> String.join("\n", items.names()))
        + "\n"
        + items.user();
  }

  @PostMapping("/committed")
  void committed() {
    transaction.executeWithoutResult(status -> items.add("committed"));
  }

  @PostMapping("/rolled-back")
  String rolledBack() {
    return transaction.execute(
        status -> {
          items.add("rolled back");
          status.setRollbackOnly();
          return String.join("\n", items.names());
        });
  }

  @PostMapping("/requires-new")
  String requiresNew() {
    return transaction.execute(
        status -> {
          items.add("outer");
          String inner =
              anotherTransaction.execute(
                  another -> {
                    items.add("inner");
                    return items.user() + "\n" + String.join("\n", items.names());
                  });
          status.setRollbackOnly();
          return inner + "\n" + items.user();
        });
  }

  @PostMapping("/read-only")
  void readOnly() {
    readOnly.executeWithoutResult(status -> items.add("read-only"));
  }

  @GetMapping("/many")
  String many() {
    return readOnly.execute(
        status -> {
          Map<String, Long> rows =
              items.many(
                  stream ->
                      stream.collect(
                          Collectors.groupingBy(Function.identity(), Collectors.counting())));
          return rows.toString();
        });
  }

  @ExceptionHandler
  ResponseEntity<String> failed(RuntimeException e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return ResponseEntity.status(HttpStatus.CONFLICT).body(cause.getMessage());
  }
}
