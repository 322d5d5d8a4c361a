package io.unikernal.server;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Orders of one client and their answers, each with the order's id, as {@link ApiStream} has them:
 * so many at once, and the next is asked for when one is answered and the client has room.
 */
final class RpcStream implements StreamObserver<byte[]> {
  private final ApiServer api;
  private final ExecutorService threads;
  private final ServerCallStreamObserver<byte[]> answers;
  private final ApiServer.Place place;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Thread> working = ConcurrentHashMap.newKeySet();

  /** Orders that are not answered; under the lock, as the others. */
  private int open;

  /** Orders that may be asked for when there is room for answers again. */
  private int owed;

  private boolean isComplete;
  private boolean isOver;

  RpcStream(ApiServer api, ExecutorService threads, ServerCallStreamObserver<byte[]> answers) {
    this.api = api;
    this.threads = threads;
    this.answers = answers;
    place = api.streamPlace();
    if (!place.isFree()) {
      end();
      answers.onError(
          RpcFaults.exception(
              Fault.of(Fault.Code.OVERLOADED, "as many streams as may are served now")));
      return;
    }
    answers.disableAutoInboundFlowControl();
    answers.setOnReadyHandler(this::askOwed);
    answers.setOnCancelHandler(() -> {
      end();
      working.forEach(Thread::interrupt);
    });
    answers.request(api.limits().streamInFlightMax());
  }

  @Override
  public void onNext(byte[] order) {
    lock.lock();
    try {
      if (isOver) {
        return;
      }
      open++;
    } finally {
      lock.unlock();
    }
    threads.execute(() -> work(order));
  }

  private void work(byte[] order) {
    working.add(Thread.currentThread());
    try {
      tell(answer(order));
    } finally {
      working.remove(Thread.currentThread());
    }
  }

  private byte[] answer(byte[] message) {
    Value id = Value.Absent.ABSENT;
    Value answer;
    try {
      var order = ApiServer.guarded(() -> BodyForm.PROTOBUF.read(message));
      id = Execution.id(order);
      if (id == Value.Absent.ABSENT) {
        throw Fault.of(
                Fault.Code.INVALID, "an order on a stream needs an `id`: its answer carries it")
            .toException();
      }
      answer = ApiServer.guarded(() -> Execution.answer(api.running(), order));
    } catch (FaultException e) {
      answer = ControlWords.fault(e.fault());
    }
    try {
      return BodyForm.PROTOBUF.write(id, answer);
    } catch (FaultException e) { // a reply that the form cannot hold
      return BodyForm.PROTOBUF.write(id, ControlWords.fault(e.fault()));
    }
  }

  private void tell(byte[] answer) {
    lock.lock();
    try {
      if (isOver) {
        return;
      }
      answers.onNext(answer);
      open--;
      if (isComplete && open == 0) {
        end();
        answers.onCompleted();
      } else if (answers.isReady()) {
        answers.request(1);
      } else {
        owed++;
      }
    } finally {
      lock.unlock();
    }
  }

  private void askOwed() {
    lock.lock();
    try {
      if (owed > 0 && !isOver) {
        answers.request(owed);
        owed = 0;
      }
    } finally {
      lock.unlock();
    }
  }

  /** The client has asked all; what it asked is answered first. */
  @Override
  public void onCompleted() {
    lock.lock();
    try {
      isComplete = true;
      if (open == 0 && !isOver) {
        end();
        answers.onCompleted();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onError(Throwable gone) {
    end();
    working.forEach(Thread::interrupt);
  }

  private void end() {
    lock.lock();
    try {
      if (!isOver) {
        isOver = true;
        place.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
