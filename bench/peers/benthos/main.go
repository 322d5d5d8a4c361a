// Benthos' own streams, asked as bench/run asks every side: `answer SIDE`, `window SIDE SECONDS`. A window is as many
// runs of a stream that generates so many orders, as it can be told how many, but not how long.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"
)

const (
	firstCount  = 10_000
	runSeconds  = 0.3
	passThrough = `
input: { generate: { interval: "", count: %d, batch_size: %d, mapping: %s } }
pipeline: { threads: 1, processors: [] }
output: %s
logger: { level: ERROR }
`
	full = `
input: { generate: { interval: "", count: %d, batch_size: %d, mapping: %s } }
pipeline:
  threads: 1
  processors:
    - rate_limit: { resource: limit }
    - mapping: |
        root.id = this.orderId
        root.who = this.customer.name
        root.currency = this.currency
        root.count = this.items.length()
        root.first = this.items.index(0).sku
    - mapping: 'meta length = content().length()' # or it is never written
output: { retry: { max_retries: 3, output: %s } }
rate_limit_resources: [{ label: limit, local: { count: 1000000000, interval: 1s } }]
logger: { level: ERROR }
`
)

// Of one message a batch, as all other sides carry them.
const batch = 1

var last []byte

func main() {
	if err := serve(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(kind, bodyFile string) error {
	body, err := os.ReadFile(bodyFile)
	if err != nil {
		return err
	}
	if err := registerKeep(); err != nil {
		return err
	}
	text := passThrough
	if kind == "full" {
		text = full
	}
	quoted, err := json.Marshal(fmt.Sprintf("root = %q.bytes()", body))
	if err != nil {
		return err
	}
	configured := func(count int, output string) string { return fmt.Sprintf(text, count, batch, quoted, output) }
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if words[0] == "answer" {
			if err := run(configured(1, "{ keep: {} }")); err != nil {
				return err
			}
			fmt.Println(string(last))
			continue
		}
		seconds, err := strconv.ParseFloat(words[2], 64)
		if err != nil {
			return err
		}
		if err := window(func(count int) error { return run(configured(count, "{ drop: {} }")) }, seconds); err != nil {
			return err
		}
	}
	return lines.Err()
}

func run(config string) error {
	builder := service.NewStreamBuilder()
	if err := builder.SetYAML(config); err != nil {
		return err
	}
	stream, err := builder.Build()
	if err != nil {
		return err
	}
	return stream.Run(context.Background())
}

var count = firstCount

func window(carry func(int) error, seconds float64) error {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu, err := cpuMicros()
	if err != nil {
		return err
	}
	begun := time.Now()
	units := 0
	for time.Since(begun).Seconds() < seconds {
		started := time.Now()
		if err := carry(count); err != nil {
			return err
		}
		units += count
		count = max(firstCount, int(float64(count)*min(4, runSeconds/time.Since(started).Seconds())))
	}
	wall := time.Since(begun)
	spent, err := cpuMicros()
	if err != nil {
		return err
	}
	runtime.ReadMemStats(&after)
	line, err := json.Marshal(map[string]any{
		"units":  units,
		"cpu_us": spent - cpu,
		"wall_s": wall.Seconds(),
		"bytes":  after.TotalAlloc - before.TotalAlloc,
	})
	if err != nil {
		return err
	}
	fmt.Println(string(line))
	return nil
}

// keep is an output that remembers what came last.
type keep struct{}

func registerKeep() error {
	return service.RegisterOutput("keep", service.NewConfigSpec(),
		func(*service.ParsedConfig, *service.Resources) (service.Output, int, error) { return keep{}, 1, nil })
}

func (keep) Connect(context.Context) error { return nil }
func (keep) Close(context.Context) error   { return nil }

func (keep) Write(_ context.Context, message *service.Message) (err error) {
	last, err = message.AsBytes()
	return err
}

// User and system time of all threads, the collector's included.
func cpuMicros() (int64, error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, err
	}
	return (usage.Utime.Nano() + usage.Stime.Nano()) / 1000, nil
}
