// Bloblang's own engine, asked as bench/run asks every side: `answer SIDE`, `window SIDE SECONDS`.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"
)

const batchBytes = 400_000

func main() {
	if err := serve(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(mappingFile, bodyFile, threadsText string) error {
	mapping, err := os.ReadFile(mappingFile)
	if err != nil {
		return err
	}
	body, err := os.ReadFile(bodyFile)
	if err != nil {
		return err
	}
	threads, err := strconv.Atoi(threadsText)
	if err != nil {
		return err
	}
	executor, err := bloblang.Parse(string(mapping))
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if words[0] == "answer" {
			out, err := carry(executor, body)
			if err != nil {
				return err
			}
			fmt.Println(string(out))
			continue
		}
		seconds, err := strconv.ParseFloat(words[2], 64)
		if err != nil {
			return err
		}
		if err := window(executor, body, threads, seconds); err != nil {
			return err
		}
	}
	return lines.Err()
}

// As a Bloblang processor of a pipeline does it: a message of bytes, the mapping, and the bytes of what it gives.
func carry(executor *bloblang.Executor, body []byte) ([]byte, error) {
	out, err := service.NewMessage(body).BloblangQuery(executor)
	if err != nil {
		return nil, err
	}
	return out.AsBytes()
}

func window(executor *bloblang.Executor, body []byte, threads int, seconds float64) error {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu, err := cpuMicros()
	if err != nil {
		return err
	}
	begun := time.Now()
	end := begun.Add(time.Duration(seconds * float64(time.Second)))
	batch := max(1, batchBytes/len(body))
	counts := make([]int, threads)
	failures := make([]error, threads)
	var all sync.WaitGroup
	for thread := range threads {
		all.Add(1)
		go func() {
			defer all.Done()
			for {
				for range batch {
					if _, failures[thread] = carry(executor, body); failures[thread] != nil {
						return
					}
				}
				counts[thread] += batch
				if !time.Now().Before(end) {
					return
				}
			}
		}()
	}
	all.Wait()
	wall := time.Since(begun)
	spent, err := cpuMicros()
	if err != nil {
		return err
	}
	runtime.ReadMemStats(&after)
	units := 0
	for thread := range threads {
		if failures[thread] != nil {
			return failures[thread]
		}
		units += counts[thread]
	}
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

// User and system time of all threads, the collector's included.
func cpuMicros() (int64, error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, err
	}
	return (usage.Utime.Nano() + usage.Stime.Nano()) / 1000, nil
}
